import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { PlayedRelay } from './played-relay.ts'
import { Circle } from './world.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

test('a member behind a relay takes less than 2 KB of the memory of its circle', async () => {
  const circle = new Circle()
  const relay = new PlayedRelay(circle, 'dev/enam/0')
  relay.connect()
  /** The bytes of the heap once so many are there. */
  const heapWith = async (members: number) => {
    await relay.join(members - (circle.host.room?.context.sessions.size ?? 0))
    await expect.poll(() => circle.host.room?.context.sessions.size).toBe(members)
    await expect.poll(() => circle.host.relays?.figures()[0]?.behind).toBeLessThan(100_000) // all was taken
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const before = await heapWith(1_000)
  const bytes = ((await heapWith(5_000)) - before) / 4_000
  console.log(`${Math.round(bytes)} bytes a member`) // half of it in workerd, whose pointers are half as long
  expect(bytes).toBeLessThan(2_000)
})
