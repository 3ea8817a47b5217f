import { describe, expect, test } from 'vitest'
import { randomChoices, seeds } from '../../support/random.ts'
import { modes, TestRoom, type TestSession } from '../../support/test-room.ts'

const line = (id: string, content: string) => ({ type: 'message', id, data: { content } })

describe.each(modes)('frames that arrive together, $mode', ({ hibernates }) => {
  test('[L5] [L3] are events in the order of their arrival, each acked, a repeat among them stored once', () => {
    const room = new TestRoom({ hibernates })
    const ada = room.open('ada')
    const bob = room.open('bob')
    room.take(ada)
    room.take(bob)
    room.sendTogether(
      [ada, line('a1', 'one')],
      [bob, line('b1', 'two')],
      [ada, line('a1', 'one')],
      [ada, line('a2', 'x')],
    )
    const short = (seat: TestSession) =>
      room.take(seat).flatMap(({ seq, data }) => seq ?? `${data['id']} ${data['duplicate'] ?? ''}`)
    expect(short(ada).filter(item => item !== 'undefined ')).toEqual([1, 'a1 ', 2, 'a1 true', 3, 'a2 '])
    expect(short(bob).filter(item => item !== 'undefined ')).toEqual([1, 2, 'b1 ', 3])
  })

  test('who floods is let go in the middle of a group; what it said before stands, and the others hear it', () => {
    const room = new TestRoom({ hibernates, limits: { message_burst: 2, messages_per_second: 1 } })
    const ada = room.open('ada')
    const bob = room.open('bob')
    room.take(bob)
    room.sendTogether(
      ...Array.from({ length: 9 }, (_, index): [TestSession, object] => [ada, line(`a${index}`, `${index}`)]),
    )
    expect(ada.closed).toBe(4429)
    expect(room.take(bob).flatMap(({ seq }) => seq ?? [])).toEqual([1, 2])
    expect(room.take(ada).filter(({ type }) => type === 'ack').length).toBe(2)
  })
})

test('[L5] however frames are grouped, everybody is told the same in the same order', () => {
  for (const seed of seeds(100)) expect(play(seed, true), `CIRCLES_SEED=${seed}`).toEqual(play(seed, false))
})

/** What everybody heard in a talk of random lines, retries, signals and nonsense, sent in groups or one by one. */
function play(seed: number, grouped: boolean): unknown[] {
  const { roll, pick, chance } = randomChoices(seed)
  const room = new TestRoom({ limits: { message_burst: 1_000, user_message_burst: 1_000 } })
  const seats = (['native', 'native', 'plain', 'events'] as const).map((dialect, index) =>
    room.open(`user${index}`, { dialect }),
  )
  const aFrame = (): string | object => {
    const kind = roll(6)
    if (kind < 3) return line(`m${roll(20)}`, pick(['hello', 'good day']))
    if (kind === 3) return { type: 'typing', data: { active: chance(0.5) } }
    if (kind === 4) return { type: 'signal', id: `s${roll(9)}`, data: { name: 'wave', value: roll(9) } }
    return pick(['{', 'hello', '{"type":"nonsense","id":"n1"}', '{"source":"here","content":"hi"}'])
  }
  for (let group = 0; group < 10; group++) {
    const arrivals = Array.from({ length: roll(8) }, (): [TestSession, string | object] => [pick(seats), aFrame()])
    if (grouped) room.sendTogether(...arrivals)
    else for (const [seat, frame] of arrivals) room.send(seat, frame)
    room.advance(roll(3_000))
  }
  return seats.map(seat => room.take(seat))
}
