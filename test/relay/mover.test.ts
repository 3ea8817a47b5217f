import { expect, test } from 'vitest'
import { Mover, stayMs } from '../../src/relay/mover.ts'
import type { Room } from '../../src/rooms/room.ts'

type Socket = { id: string; dialect: string; relay?: string; startedAt: number }

/** A circle's sockets, and a mover that closes them; who is closed comes back where the plan has new sockets. */
class Place {
  now = 1_000_000_000
  on = true
  readonly sockets = new Map<string, Socket>()
  readonly moved: string[][] = []
  readonly #timers: (() => void)[] = []
  readonly mover = new Mover({
    room: () => ({ context: { sessions: this.sockets } }) as unknown as Room,
    plan: () => ({ on: this.on, shards: 1 }),
    now: () => this.now,
    setTimer: run => void this.#timers.push(run),
    move: ids => {
      this.moved.push([...ids])
      for (const id of ids) this.add(id, this.on)
    },
  })

  add(id: string, isRelayed: boolean, dialect = 'native'): void {
    this.sockets.set(id, { id, dialect, startedAt: this.now, ...(isRelayed && { relay: 'dev/enam/0' }) })
  }

  run(): void {
    this.mover.consider([...this.sockets.values()].filter(({ relay }) => relay !== undefined).length)
    for (let run = this.#timers.shift(); run !== undefined; run = this.#timers.shift()) run()
  }
}

test('two in a hundred move at a time, until none is in the wrong place', () => {
  const place = new Place()
  for (let index = 0; index < 200; index++) place.add(`s${index}`, index >= 150)
  place.now += stayMs
  place.run()
  expect(place.moved.slice(0, 3).map(({ length }) => length)).toEqual([3, 3, 3])
  expect(new Set(place.moved.flat()).size).toBe(150)
  expect(place.moved.flat()).toHaveLength(150)
  place.now += stayMs
  place.run()
  expect(place.moved.flat()).toHaveLength(150)
})

test('they move back when relays are not needed any more', () => {
  const place = new Place()
  place.on = false
  place.add('s1', true)
  place.add('s2', false)
  place.now += stayMs
  place.run()
  expect(place.moved).toEqual([['s1']])
})

test('one that has just come stays, and so does one that cannot resume', () => {
  const place = new Place()
  place.add('old', false, 'plain')
  place.now += stayMs
  place.add('new', false)
  place.run()
  expect(place.moved).toEqual([])
})
