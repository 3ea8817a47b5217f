import { describe, expect, test } from 'vitest'
import type { MemberChange } from '../../../src/protocol/commands/member-schema.ts'
import { agentApi } from '../../../src/rooms/turns/agent-api.ts'
import { modes, TestRoom, type TestSession } from '../../support/test-room.ts'

/** Sets a reminder in a running turn, as an agent does. */
async function remind(room: TestRoom, at: number, text: string): Promise<void> {
  const call = room.calls.at(-1)
  if (call === undefined) throw new Error('expected a call')
  const { context } = room.room
  const api = agentApi(async use => {
    const turn = context.turns.current(call.turn, call.attempt)
    if (turn === null) throw new Error('expected the turn to run')
    return use(context, turn, room.now)
  })
  await api.remind(new Date(at).toISOString(), text)
}

const end = (room: TestRoom, n = room.calls.length - 1) => {
  const call = room.calls[n]
  if (call !== undefined) room.turnEnded(call, { type: 'answered', content: 'Done.', truncated: false })
}

/** A room where `eve` has asked for a reminder in an hour. */
async function withReminder(hibernates: boolean) {
  const room = new TestRoom({ hibernates })
  room.manageMembers('olga', { do: 'found' })
  const eve = room.open('eve')
  room.sendMessage(eve, '@owl remind me of SECRET')
  await remind(room, room.now + 3_600_000, 'SECRET')
  end(room)
  return { room, eve, seq: room.calls[0]?.asked.seq ?? 0 }
}

const change = (room: TestRoom, change: MemberChange) =>
  room.manageMembers('olga', { do: 'change', user: 'eve', change })

/** The rows of turns, and what was called since. */
const leftOf = (room: TestRoom) => room.sql.all<{ state: string }>(`SELECT state FROM turns`).map(({ state }) => state)

describe.each(modes)('reminders, $mode', ({ hibernates }) => {
  test.each<[string, (room: TestRoom, eve: TestSession, seq: number) => void]>([
    ['its message is deleted', (room, eve, seq) => room.command(eve, 'delete', { seq })],
    ['its user is banned', room => change(room, { banned: true })],
    ['the circle becomes private', room => room.command(room.open('olga'), 'configure', { visibility: 'private' })],
    [
      'its user leaves a private circle',
      room => {
        change(room, { role: 'member' })
        room.command(room.open('olga'), 'configure', { visibility: 'private' })
        room.manageMembers('eve', { do: 'remove', user: 'eve' })
      },
    ],
  ])('[T12] a reminder is dropped when %s', async (_, act) => {
    const { room, eve, seq } = await withReminder(hibernates)
    expect(leftOf(room)).toEqual(['planned'])
    act(room, eve, seq)
    expect(leftOf(room)).toEqual([])
    change(room, { banned: false })
    room.advance(7_200_000)
    expect(room.calls).toHaveLength(1)
  })

  test.each<[string, (room: TestRoom) => void]>([
    ['mute', room => change(room, { muted: true })],
    ['lower', room => change(room, { role: 'reader' })],
    ['revoke', room => room.step(it => it.revokeTokens('eve', room.now, room.now))],
    ['archive', room => room.command(room.open('olga'), 'configure', { status: 'archived' })],
    ['restrict writers', room => room.command(room.open('olga'), 'configure', { writers: 'moderators' })],
    [
      'take a lower token',
      room => {
        room.manageMembers('eve', { do: 'list' }, 'reader')
      },
    ],
  ])('[T12] a reminder is judged by the rights of its time: %s', async (_, act) => {
    const { room, eve } = await withReminder(hibernates)
    if (eve.closed === null) room.disconnect(eve)
    act(room)
    room.advance(7_200_000)
    expect(room.calls).toHaveLength(1)
  })

  test('[T12] a reminder of somebody who may still write comes, also while they are away', async () => {
    const { room, eve } = await withReminder(hibernates)
    change(room, { muted: true })
    room.disconnect(eve)
    change(room, { muted: false })
    room.advance(7_200_000)
    expect(room.calls.at(-1)?.reminder?.text).toBe('SECRET')
  })
})

describe.each(modes)('turns, $mode', ({ hibernates }) => {
  test('[T5] a ban ends what runs and waits for the banned, and what agents passed on of it', () => {
    const room = new TestRoom({ hibernates })
    const [ada, eve] = [room.open('ada'), room.open('eve')]
    room.sendMessage(eve, '@owl hello')
    const [first] = room.calls
    if (first === undefined) throw new Error('expected a call')
    room.sendMessage(eve, '@owl again')
    room.sendMessage(ada, '@owl and me')
    room.turnProgressed(first, { type: 'delta', text: '@pickle what do you think?' })
    end(room, 0)
    room.advance(0)
    const running = room.calls.slice(1).map(({ turn }) => turn)
    expect(running).toHaveLength(2) // pickle, for the owl; the owl again
    room.take(ada)
    room.manageMembers('mod', { do: 'change', user: 'eve', change: { banned: true } }, 'moderator')
    const failed = room.take(ada).filter(({ type }) => type === 'turn_failed')
    expect(failed.map(({ data }) => data.code)).toEqual(['forbidden', 'forbidden'])
    expect(room.cancelled.toSorted()).toEqual(running.toSorted())
    room.advance(0)
    expect(room.calls.slice(3).map(({ asked }) => asked.author.id)).toEqual(['ada'])
  })

  test('[T5] a deleted question ends its turn, and nothing of the answer is kept', () => {
    const room = new TestRoom({ hibernates })
    const [ada, eve] = [room.open('ada'), room.open('eve')]
    room.sendMessage(eve, '@owl a secret')
    const [call] = room.calls
    if (call === undefined) throw new Error('expected a call')
    room.turnProgressed(call, { type: 'delta', text: 'You said a secret' })
    room.take(ada)
    room.command(eve, 'delete', { seq: 1 })
    const frames = room.take(ada)
    expect(frames.map(({ type }) => type)).toEqual(['message_deleted', 'turn_failed', 'agent_status'])
    expect(frames[1]?.data).toMatchObject({ turn: call.turn, code: 'not_found' })
    expect(room.cancelled).toEqual([call.turn])
    room.turnProgressed(call, { type: 'delta', text: ' and more' })
    end(room)
    room.advance(60_000)
    expect(room.take(ada).filter(({ type }) => type !== 'presence')).toEqual([])
  })

  test('[T8] the approval of a turn that ends so expires', () => {
    const room = new TestRoom({ hibernates })
    const [ada, eve] = [room.open('ada'), room.open('eve')]
    room.sendMessage(eve, '@owl deploy')
    const [call] = room.calls
    if (call === undefined) throw new Error('expected a call')
    room.turnEnded(call, { type: 'asks', ask: { description: 'May I?' } })
    room.take(ada)
    room.command(eve, 'delete', { seq: 1 })
    const events = room.take(ada).filter(({ seq }) => seq !== undefined)
    expect(events.map(({ type, data }) => [type, data.decision ?? data.code])).toEqual([
      ['message_deleted', undefined],
      ['approval_decided', 'expired'],
      ['turn_failed', 'not_found'],
    ])
    expect([leftOf(room), room.sql.all(`SELECT * FROM approvals`)]).toEqual([[], []])
  })

  test('[T5] a turn that waits is not called for somebody who was muted meanwhile', () => {
    const room = new TestRoom({ hibernates })
    const eve = room.open('eve')
    room.sendMessage(room.open('ada'), '@owl one')
    room.sendMessage(eve, '@owl two')
    room.manageMembers('mod', { do: 'change', user: 'eve', change: { muted: true } }, 'moderator')
    end(room, 0)
    room.take(eve)
    room.advance(0)
    expect([room.calls.length, room.take(eve)[0]?.data]).toMatchObject([1, { code: 'forbidden', attempts: 1 }])
  })
})

describe.each(modes)('a paused circle, $mode', ({ hibernates }) => {
  const pause = (room: TestRoom, olga: TestSession, status = 'paused') => room.command(olga, 'configure', { status })

  test('[N3] takes messages and calls no agent; what was asked waits, and runs once the circle is active', () => {
    const room = new TestRoom({ hibernates })
    const [olga, ada] = [room.open('olga', { role: 'owner' }), room.open('ada')]
    pause(room, olga)
    room.take(ada)
    room.sendMessage(ada, '@owl hello', 'm1')
    expect(room.take(ada)).toMatchObject([
      { type: 'message' },
      { type: 'ack', data: { id: 'm1' } },
      { type: 'agent_status', data: { state: 'queued' } },
    ])
    expect(
      room.publish('bot', [{ id: 'e1', type: 'agent_message', data: { agent_id: 'owl', content: 'x' } } as never]),
    ).toMatchObject([{ duplicate: false }])
    room.advance(3_600_000)
    room.crash()
    room.advance(3_600_000)
    const again = room.open('olga', { role: 'owner' })
    expect([room.calls, room.room.nextAlarm() ?? room.now + 1]).toEqual([
      [],
      expect.toSatisfy((at: number) => at > room.now),
    ])
    pause(room, again, 'active')
    room.advance(0)
    expect(room.calls.map(({ asked }) => asked.content)).toEqual(['@owl hello'])
  })

  test('[T6] twenty turns wait in the line of one agent, and no more', () => {
    const room = new TestRoom({ hibernates, limits: { user_message_burst: 1_000, message_burst: 1_000 } })
    const [olga, ada] = [room.open('olga', { role: 'owner' }), room.open('ada')]
    pause(room, olga)
    for (let n = 0; n < 22; n++) room.sendMessage(ada, `@owl ${n}`)
    expect(room.take(ada).filter(({ type }) => type === 'error')).toHaveLength(2)
    expect(leftOf(room)).toHaveLength(20)
  })

  test('[N3] a turn that runs goes on to its end, but is not retried, and reminders wait', async () => {
    const room = new TestRoom({ hibernates })
    const [olga, ada] = [room.open('olga', { role: 'owner' }), room.open('ada')]
    room.sendMessage(ada, '@owl remind me')
    await remind(room, room.now + 60_000, 'tea')
    pause(room, olga)
    const [call] = room.calls
    if (call === undefined) throw new Error('expected a call')
    room.turnEnded(call, { type: 'failed', code: 'x', message: 'x', retry: true })
    room.advance(600_000)
    expect([room.calls.length, leftOf(room).toSorted()]).toEqual([1, ['planned', 'queued']])
    const open = olga.closed === null ? olga : room.open('olga', { role: 'owner' })
    pause(room, open, 'active')
    room.advance(0)
    end(room)
    room.advance(10_000)
    expect(room.calls.map(({ reminder }) => reminder?.text)).toEqual([undefined, undefined, 'tea'])
  })
})

test.each([
  ['reader', 'read_only'],
  ['member', 'read_only'],
  ['moderator', null],
  ['owner', null],
] as const)('[N3] with `writers: moderators`, a %s who writes gets %s', (role, code) => {
  const room = new TestRoom()
  room.command(room.open('olga', { role: 'owner' }), 'configure', { writers: 'moderators' })
  const eve = room.open('eve', { role })
  expect(room.takeData<{ circle: object }>(eve).circle).toMatchObject({ status: 'active', writers: 'moderators' })
  for (const [type, data] of Object.entries({
    message: { content: 'x' },
    typing: { active: true },
    presence: { state: {} },
  })) {
    room.take(eve)
    room.command(eve, type, data, 'c1')
    const answer = room.take(eve).find(({ type }) => type === 'error' || type === 'ack')
    expect([type, answer?.data.code ?? null]).toEqual([type, code])
  }
})

test('[N3] `writers` is sent when it changes', () => {
  const room = new TestRoom()
  const olga = room.open('olga', { role: 'owner' })
  room.take(olga)
  room.command(olga, 'configure', { writers: 'moderators' })
  room.command(olga, 'configure', { title: 'Plans' })
  room.command(olga, 'configure', { writers: 'moderators' })
  const sent = room.take(olga).filter(({ type }) => type === 'circle_status')
  expect(sent.map(({ data }) => data.writers)).toEqual(['moderators', undefined])
})

test('[N3] settings from before `writers` keep who could write: a paused circle is one of moderators', () => {
  const room = new TestRoom()
  room.command(room.open('olga', { role: 'owner' }), 'configure', { status: 'paused', title: 'Old' })
  room.sql.all(`UPDATE settings SET value = json_remove(value, '$.writers') WHERE key = 'configuration'`)
  room.hibernate()
  expect(room.room.context.settings.value).toMatchObject({ status: 'active', writers: 'moderators', title: 'Old' })
})
