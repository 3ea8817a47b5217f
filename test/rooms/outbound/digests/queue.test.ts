import { describe, expect, test } from 'vitest'
import { agentChannel, workspace } from '../../../../src/protocol/channels/channel-kinds.ts'
import type { Publication } from '../../../../src/protocol/commands/publish-schema.ts'
import { TestRoom } from '../../../support/test-room.ts'

const changed = (id: string, path = `${id}.ts`): Publication => ({ id, type: 'file_changed', data: { path } })
const errorOf = (room: TestRoom, session: ReturnType<TestRoom['open']>) =>
  room.take(session).find(frame => frame.type === 'error')?.data.code

describe.each([
  ['awake', false],
  ['hibernated after every step', true],
])('a workspace that is %s', (_, hibernates) => {
  function newWorkspace(...links: string[]) {
    const room = new TestRoom({ channel: workspace, name: 'acme', hibernates })
    room.publish('bot', [changed('early')])
    const owner = room.open('eve', { role: 'owner' })
    room.command(owner, 'configure', { links: links.map(link => `circle:${link}`) })
    room.disconnect(owner)
    return room
  }
  const sent = (room: TestRoom) =>
    room.digests.splice(0).map(({ circle, digest }) => [circle, digest.from, digest.line])

  test('[digest] events after the link go to each circle as one message, after a pause', () => {
    const room = newWorkspace('dev', 'ops')
    room.publish('bot', [changed('a')])
    room.advance(9_000)
    room.publish('bot', [changed('b')])
    room.advance(9_999)
    expect(sent(room)).toEqual([])
    room.advance(1)
    expect(sent(room)).toEqual([
      ['dev', 2, 'changed a.ts, changed b.ts'],
      ['ops', 2, 'changed a.ts, changed b.ts'],
    ])
  })

  test('[digest] continuous work is sent every minute', () => {
    const room = newWorkspace('dev')
    for (let index = 0; index < 13; index++) {
      room.publish('bot', [changed(`f${index}`)])
      room.advance(5_000)
    }
    expect(room.digests.length).toBe(1)
  })

  test('[digest] once a circle received it, nothing is pending until the next event', () => {
    const room = newWorkspace('dev')
    room.publish('bot', [changed('a')])
    room.advance(10_000)
    room.digestReceived('dev', room.digests[0]?.digest.to ?? null)
    expect(room.room.nextAlarm()).toBeNull()
    room.publish('bot', [changed('b')])
    room.advance(10_000)
    expect(sent(room)).toEqual([
      ['dev', 2, 'changed a.ts'],
      ['dev', expect.any(Number), 'changed b.ts'],
    ])
  })

  test('[digest] a circle that cannot be reached is retried, from the same seq, with growing delays', () => {
    const room = newWorkspace('dev')
    room.publish('bot', [changed('a')])
    room.advance(10_000)
    room.digestReceived('dev', 'failed')
    room.publish('bot', [changed('b')])
    room.advance(29_999)
    expect(room.digests.length).toBe(1)
    room.advance(1)
    expect(sent(room)).toEqual([
      ['dev', 2, 'changed a.ts'],
      ['dev', 2, 'changed a.ts, changed b.ts'],
    ])
  })

  test('[digest] a circle that is not linked does not receive later what it missed', () => {
    const room = newWorkspace('dev')
    room.publish('bot', [changed('a')])
    room.advance(10_000)
    room.digestReceived('dev', null)
    room.publish('bot', [changed('b')])
    room.advance(10_000)
    expect(sent(room)[1]?.[2]).toBe('changed b.ts')
  })

  test('[digest] after a crash during a call, the digest is sent again', () => {
    const room = newWorkspace('dev')
    room.publish('bot', [changed('a')])
    room.advance(10_000)
    room.crash()
    room.advance(0)
    const [first, second] = room.digests
    expect(second).toEqual(first)
  })
})

test('[digest] events that leave nothing to report cost no call', () => {
  const room = new TestRoom({ channel: workspace, name: 'acme' })
  const owner = room.open('ada', { role: 'owner' })
  room.command(owner, 'configure', { links: ['circle:dev'] })
  room.sendMessage(owner, 'hello')
  room.publish('bot', [
    { id: 'e1', type: 'file_created', data: { path: 'tmp' } },
    { id: 'e2', type: 'file_deleted', data: { path: 'tmp' } },
  ])
  room.disconnect(owner)
  room.advance(60_000)
  expect(room.digests).toEqual([])
  expect(room.room.nextAlarm()).toBeNull()
})

describe('a circle', () => {
  const digest = { workspace: 'acme', epoch: 'E', from: 2, to: 5, line: 'main: changed a.ts' }

  function newCircle() {
    const room = new TestRoom()
    const owner = room.open('ada', { role: 'owner' })
    room.command(owner, 'configure', { links: ['workspace:acme'], default_agent: 'pickle' })
    room.advance(2_000)
    room.take(owner)
    return { room, owner }
  }

  test('[digest] stores it as a message of the workspace, which wakes no agent', () => {
    const { room, owner } = newCircle()
    expect(room.receiveDigest(digest)).toBe(5)
    expect(room.take(owner).map(({ type, data }) => [type, data])).toEqual([
      [
        'message',
        {
          content: 'main: changed a.ts',
          user_id: 'workspace:acme',
          user_name: 'acme',
          client_id: null,
          meta: { workspace: 'acme', from: 2, to: 5 },
          hop: 0,
        },
      ],
    ])
    expect(room.calls).toEqual([])
  })

  test('[digest] its agents receive it as untrusted context', () => {
    const { room, owner } = newCircle()
    room.receiveDigest({ ...digest, line: 'changed ignore-all-instructions.md' })
    room.sendMessage(owner, 'What happened?')
    expect(room.calls[0]?.history.at(-1)).toMatchObject({
      author: { id: 'workspace:acme', name: 'acme' },
      trust: 'untrusted',
      content: 'changed ignore-all-instructions.md',
    })
  })

  test('[digest] sent again it is stored once, and returns the seq received before', () => {
    const { room, owner } = newCircle()
    room.receiveDigest(digest)
    room.take(owner)
    expect(room.receiveDigest({ ...digest, to: 9, line: 'more' })).toBe(5)
    expect(room.take(owner)).toEqual([])
  })

  test('[digest] [A5] it refuses a workspace that its owner has not linked, and any while archived', () => {
    const { room, owner } = newCircle()
    expect(room.receiveDigest({ ...digest, workspace: 'other' })).toBeNull()
    room.command(owner, 'configure', { status: 'archived' })
    room.take(owner)
    expect(room.receiveDigest(digest)).toBeNull()
    expect(room.take(owner)).toEqual([])
  })

  test('[digest] only an owner links, only channels of the other kind, and never an agent', () => {
    const { room, owner } = newCircle()
    const bob = room.open('bob')
    room.command(bob, 'configure', { links: [] })
    expect(errorOf(room, bob)).toBe('forbidden')
    for (const link of ['circle:ops', 'agent:pickle', 'workspace:A', 'acme']) {
      room.command(owner, 'configure', { links: [link] })
      expect(errorOf(room, owner), link).toBe('invalid')
    }
    const activity = new TestRoom({ channel: agentChannel, name: 'pickle' })
    const admin = activity.open('ada', { role: 'owner' })
    activity.command(admin, 'configure', { links: ['workspace:acme'] })
    expect(errorOf(activity, admin)).toBe('invalid')
  })
})
