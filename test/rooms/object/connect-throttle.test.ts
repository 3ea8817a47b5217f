import { expect, test } from 'vitest'
import { ConnectThrottle } from '../../../src/rooms/object/connect-throttle.ts'

/** A throttle, with turns of the event loop that end on demand. */
class Harness {
  readonly admitted: number[] = []
  timers = 0
  readonly #throttle = new ConnectThrottle(run => {
    this.timers += 1
    this.#turns.push(run)
  })
  #turns: (() => void)[] = []

  async connect(from: number, to: number, now: number): Promise<void> {
    for (let id = from; id <= to; id++) {
      const wait = this.#throttle.enter(now)
      if (wait === null) this.admitted.push(id)
      else void wait.then(() => this.admitted.push(id))
    }
    await Promise.resolve()
  }

  async endTurn(): Promise<void> {
    for (const run of this.#turns.splice(0)) run()
    await Promise.resolve()
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

test('up to eight connects at a time do not wait, and no timer is set', async () => {
  const harness = new Harness()
  await harness.connect(1, 8, 0)
  await harness.connect(9, 16, 5)
  expect(harness.admitted).toEqual(upTo(16))
  expect(harness.timers).toBe(0)
})

test('many connects are admitted eight at a time, in order', async () => {
  const harness = new Harness()
  await harness.connect(1, 20, 0)
  expect(harness.admitted).toEqual(upTo(8))
  await harness.endTurn()
  expect(harness.admitted).toEqual(upTo(16))
  await harness.connect(21, 22, 7) // nobody overtakes a waiting connect
  expect(harness.admitted).toEqual(upTo(16))
  await harness.endTurn()
  expect(harness.admitted).toEqual(upTo(22))
})

test('after the last waiting connect, nobody waits and no timer is left', async () => {
  const harness = new Harness()
  await harness.connect(1, 9, 0)
  await harness.endTurn()
  expect(harness.admitted).toEqual(upTo(9))
  expect(harness.timers).toBe(1)
  await harness.connect(10, 10, 100)
  expect(harness.admitted).toEqual(upTo(10))
  expect(harness.timers).toBe(1)
})

test('connects are admitted although the clock was set back', async () => {
  const harness = new Harness()
  await harness.connect(1, 8, 1_000)
  await harness.connect(9, 12, 0)
  await harness.endTurn()
  await harness.connect(13, 13, 0)
  expect(harness.admitted).toEqual(upTo(13))
  expect(harness.timers).toBe(1)
})
