import { expect, test } from 'vitest'
import { ConnectThrottle } from '../../../src/rooms/object/connect-throttle.ts'

/** A turnstile in a world where turns of the event loop end when told. */
class World {
  readonly entered: number[] = []
  timers = 0
  readonly #turnstile = new ConnectThrottle(run => {
    this.timers += 1
    this.#ends.push(run)
  })
  #ends: (() => void)[] = []

  async come(from: number, to: number, now: number): Promise<void> {
    for (let who = from; who <= to; who++) {
      const turn = this.#turnstile.enter(now)
      if (turn === null) this.entered.push(who)
      else void turn.then(() => this.entered.push(who))
    }
    await Promise.resolve()
  }

  async turn(): Promise<void> {
    for (const run of this.#ends.splice(0)) run()
    await Promise.resolve()
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

test('who comes alone or with few others does not wait, and no timer is set', async () => {
  const world = new World()
  await world.come(1, 8, 0)
  await world.come(9, 16, 5)
  expect(world.entered).toEqual(upTo(16))
  expect(world.timers).toBe(0)
})

test('a crowd comes in eight at a time, in its order', async () => {
  const world = new World()
  await world.come(1, 20, 0)
  expect(world.entered).toEqual(upTo(8))
  await world.turn()
  expect(world.entered).toEqual(upTo(16))
  await world.come(21, 22, 7) // nobody overtakes those who wait
  expect(world.entered).toEqual(upTo(16))
  await world.turn()
  expect(world.entered).toEqual(upTo(22))
})

test('when the last of a crowd is in, nobody waits and no timer is left', async () => {
  const world = new World()
  await world.come(1, 9, 0)
  await world.turn()
  expect(world.entered).toEqual(upTo(9))
  expect(world.timers).toBe(1)
  await world.come(10, 10, 100)
  expect(world.entered).toEqual(upTo(10))
  expect(world.timers).toBe(1)
})

test('a clock that was set back lets people in all the same', async () => {
  const world = new World()
  await world.come(1, 8, 1_000)
  await world.come(9, 12, 0)
  await world.turn()
  await world.come(13, 13, 0)
  expect(world.entered).toEqual(upTo(13))
  expect(world.timers).toBe(1)
})
