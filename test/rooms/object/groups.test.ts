import { describe, expect, test } from 'vitest'
import { randomChoices, seeds } from '../../support/random.ts'
import { modes, TestRoom, type TestSession } from '../../support/test-room.ts'

const message = (id: string, content: string) => ({ type: 'message', id, data: { content } })

describe.each(modes)('frames received together, $mode', ({ hibernates }) => {
  test('[L5] [L3] are events in the order received, each acked, a repeat among them stored once', () => {
    const room = new TestRoom({ hibernates })
    const ada = room.open('ada')
    const bob = room.open('bob')
    room.take(ada)
    room.take(bob)
    room.sendTogether(
      [ada, message('a1', 'one')],
      [bob, message('b1', 'two')],
      [ada, message('a1', 'one')],
      [ada, message('a2', 'x')],
    )
    const short = (session: TestSession) =>
      room.take(session).flatMap(({ seq, data }) => seq ?? `${data['id']} ${data['duplicate'] ?? ''}`)
    expect(short(ada).filter(item => item !== 'undefined ')).toEqual([1, 'a1 ', 2, 'a1 true', 3, 'a2 '])
    expect(short(bob).filter(item => item !== 'undefined ')).toEqual([1, 2, 'b1 ', 3])
  })

  test('a flooding session is closed in the middle of a group; its earlier messages are stored and sent', () => {
    const room = new TestRoom({ hibernates, limits: { message_burst: 2, messages_per_second: 1 } })
    const ada = room.open('ada')
    const bob = room.open('bob')
    room.take(bob)
    room.sendTogether(
      ...Array.from({ length: 9 }, (_, index): [TestSession, object] => [ada, message(`a${index}`, `${index}`)]),
    )
    expect(ada.closed).toBe(4429)
    expect(room.take(bob).flatMap(({ seq }) => seq ?? [])).toEqual([1, 2])
    expect(room.take(ada).filter(({ type }) => type === 'ack').length).toBe(2)
  })
})

test('[L5] however frames are grouped, everybody receives the same in the same order', () => {
  for (const seed of seeds(100)) expect(play(seed, true), `CIRCLES_SEED=${seed}`).toEqual(play(seed, false))
})

/** Returns what each session received for random messages, retries, signals and invalid frames, in groups or one by one. */
function play(seed: number, grouped: boolean): unknown[] {
  const { roll, pick, chance } = randomChoices(seed)
  const room = new TestRoom({ limits: { message_burst: 1_000, user_message_burst: 1_000 } })
  const sessions = (['native', 'native', 'plain', 'events'] as const).map((dialect, index) =>
    room.open(`user${index}`, { dialect }),
  )
  const randomFrame = (): string | object => {
    const kind = roll(6)
    if (kind < 3) return message(`m${roll(20)}`, pick(['hello', 'good day']))
    if (kind === 3) return { type: 'typing', data: { active: chance(0.5) } }
    if (kind === 4) return { type: 'signal', id: `s${roll(9)}`, data: { name: 'wave', value: roll(9) } }
    return pick(['{', 'hello', '{"type":"nonsense","id":"n1"}', '{"source":"here","content":"hi"}'])
  }
  for (let group = 0; group < 10; group++) {
    const frames = Array.from({ length: roll(8) }, (): [TestSession, string | object] => [
      pick(sessions),
      randomFrame(),
    ])
    if (grouped) room.sendTogether(...frames)
    else for (const [session, frame] of frames) room.send(session, frame)
    room.advance(roll(3_000))
  }
  return sessions.map(session => room.take(session))
}
