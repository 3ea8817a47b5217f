import { describe, expect, test } from 'vitest'
import { workspace } from '../../../src/protocol/channels/channel-kinds.ts'
import { fileChange } from '../../../src/protocol/commands/publish-schema.ts'
import { modes, TestRoom, type TestSession } from '../../support/test-room.ts'

const diff = '+API_KEY=secret'

function published(hibernates = false) {
  const room = new TestRoom({ channel: workspace, hibernates })
  const sessions = { eve: room.open('eve'), ada: room.open('ada'), mod: room.open('mod', { role: 'moderator' }) }
  const publication = { id: 'f1', type: 'file_changed' as const, data: { path: 'src/.env', diff } }
  room.publish('eve', [publication])
  const drop = (session: TestSession) => {
    room.take(session)
    room.command(session, 'delete', { seq: 1 })
    return room.take(session).at(-1)?.data.code ?? 'done'
  }
  return { room, drop, publication, ...sessions }
}

describe.each(modes)('a published diff, $mode', ({ hibernates }) => {
  test.each(['eve', 'mod'] as const)('[N3] %s deletes it: the change stays, its text is nowhere', name => {
    const { room, drop, publication, ...sessions } = published(hibernates)
    expect(drop(sessions[name])).toBe('done')
    expect(room.room.context.log.at(1)?.data).toEqual({ path: 'src/.env', by: 'eve', deleted: true })
    expect(room.room.context.log.at(2)).toMatchObject({ type: 'message_deleted', data: { target: 1, user_id: name } })
    const rows = JSON.stringify(room.sql.all(`SELECT * FROM events`))
    expect(rows).not.toContain('secret')
    expect(drop(sessions[name])).toBe('not_found')
    expect(room.publish('eve', [publication])).toEqual([{ id: 'f1', seq: 1, duplicate: true }])
  })

  test('[N3] nobody else deletes it, and nobody edits it or reacts to it', () => {
    const { room, drop, ada, eve } = published(hibernates)
    expect(drop(ada)).toBe('forbidden')
    for (const [type, data] of Object.entries({ edit: { content: 'x' }, react: { emoji: '👍' } })) {
      room.take(eve)
      room.command(eve, type, { seq: 1, ...data }, 'c1')
      expect([type, room.take(eve).at(-1)?.data.code]).toEqual([type, 'not_found'])
    }
  })
})

test('[N5] a program cannot publish a change as one whose diff was deleted', () => {
  expect(fileChange.safeParse({ path: 'a', deleted: true }).success).toBe(false)
})
