import { expect, test } from 'vitest'
import { randomChoices, seeds } from '../../support/random.ts'
import { TestRoom, type TestSession } from '../../support/test-room.ts'

const unlimited = { messages_per_second: 10_000, message_burst: 100_000, bytes_per_second: 1_000_000_000 }

/** Resumes as a client does and records the seqs it received, in order, over all its sockets. */
class Reader {
  readonly seen: number[] = []
  session: TestSession | null = null
  readonly #room: TestRoom
  readonly #name: string

  constructor(room: TestRoom, name: string) {
    this.#room = room
    this.#name = name
  }

  connect(): void {
    const resume = { since: this.seen.at(-1) ?? 0, epoch: 'id1' }
    this.session = this.#room.open(this.#name, { resume })
  }

  /** Reads the frames received so far; frames in transit when the socket is cut are lost. */
  read(): void {
    if (this.session === null) return
    for (const frame of this.#room.take(this.session)) {
      if (typeof frame['seq'] === 'number') this.seen.push(frame['seq'])
      if (frame.type === 'history') this.seen.push(...(frame.data['events'] as { seq: number }[]).map(({ seq }) => seq))
      if (frame.type === 'welcome' && frame.data['recovered'] !== true)
        throw new Error('expected the resume to recover')
    }
  }

  cut(): void {
    if (this.session === null) return
    this.#room.disconnect(this.session)
    this.session = null
  }
}

let messages = 0
function newMessage(content: string): object {
  messages += 1
  return { type: 'message', id: `message-${messages}`, data: { content } }
}

function playSchedule(seed: number): { seen: number[][]; head: number } {
  const { roll, chance, pick } = randomChoices(seed)
  const room = new TestRoom({ hibernates: chance(0.2), limits: unlimited })
  const senders = [room.open('ada'), room.open('bob')]
  const readers = ['r1', 'r2', 'r3'].map(name => new Reader(room, name))
  for (let step = 0; step < 30; step++) {
    const reader = pick(readers)
    const action = roll(10)
    if (action < 4) room.sendMessage(pick(senders), 'x'.repeat(chance(0.1) ? 20_000 : roll(200) + 1))
    else if (action < 5) {
      const burst = Array.from({ length: chance(0.1) ? 500 : roll(50) }, () => pick(senders))
      if (chance(0.5)) for (const sender of burst) room.sendMessage(sender, 'burst')
      else room.sendTogether(...burst.map((sender): [TestSession, object] => [sender, newMessage('burst')]))
    } else if (action < 7) reader.read()
    else if (action < 8) reader.cut()
    else if (action < 9) room.advance(roll(100))
    else if (chance(0.5)) room.hibernate()
    else if (reader.session !== null) room.backlogs.set(reader.session.id, roll(2) * 1_000_000)
    if (reader.session === null && chance(0.4)) reader.connect()
  }
  room.backlogs.clear()
  for (const reader of readers) {
    if (reader.session === null) reader.connect()
    room.advance(5_000)
    reader.read()
  }
  return { seen: readers.map(({ seen }) => seen), head: room.room.context.log.head }
}

test('[R3] [L5] after any cuts, bursts, slow sockets and wake-ups: no gap and no repeat', {
  timeout: 1_800_000,
}, () => {
  for (const seed of seeds(200)) {
    const { seen, head } = playSchedule(seed)
    const expected = Array.from({ length: head }, (_, index) => index + 1)
    for (const one of seen) expect(one, `CIRCLES_SEED=${seed}`).toEqual(expected)
  }
})
