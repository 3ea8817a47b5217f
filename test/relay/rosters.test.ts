import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Member } from './member.ts'
import { RelayProcess } from './relay-process.ts'
import { Circle } from './world.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 9) })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A circle with two members, each behind a relay of its own. */
async function twoRelays() {
  const circle = new Circle()
  const relays = [0, 1].map(shard => new RelayProcess(`dev/enam/${shard}`, circle, () => 1)) as [
    RelayProcess,
    RelayProcess,
  ]
  const ada = new Member('ada', () => relays[0])
  const bob = new Member('bob', () => relays[1])
  for (const member of [ada, bob]) member.connect()
  await vi.advanceTimersByTimeAsync(2_000)
  expect([...ada.roster].sort()).toEqual(['ada', 'bob'])
  return { circle, relays, ada, bob }
}

test('[P2] who leaves while the connection of a relay is silent is not in the rosters of its members once it is back', async () => {
  const { circle, relays, ada, bob } = await twoRelays()
  bob.hasLeft = true
  bob.leave()
  await vi.advanceTimersByTimeAsync(9_000)
  const { wire } = relays[0]
  if (wire === null) throw new Error('expected a connection')
  wire.isSilent = true // neither side notices yet
  await vi.advanceTimersByTimeAsync(2_000)
  expect(circle.host.room?.context.presence.users()).toEqual(['ada'])
  await vi.advanceTimersByTimeAsync(20_000)
  expect([relays[0].relay.state, ada.closes]).toEqual(['up', []])
  expect([...ada.roster]).toEqual(['ada'])
  for (const relay of relays) relay.kill()
})
