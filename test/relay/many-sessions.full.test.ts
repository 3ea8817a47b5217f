import { expect, test, vi } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { PlayedRelay } from './played-relay.ts'
import { Circle } from './world.ts'

const members = 4_900 // at each of two relays

test('[R3] [P2] a circle that has died has its many sessions again, and those of a relay that lost its members leave', async () => {
  const circle = new Circle()
  const relays = ['dev/enam/0', 'dev/enam/1'].map(name => new PlayedRelay(circle, name))
  const sessions = () => circle.host.room?.context.sessions.size
  for (const relay of relays) {
    relay.connect()
    await relay.join(members)
  }
  await eventually(() => expect(relays.map(relay => relay.sessions.size)).toEqual([members, members]))

  circle.kill()
  circle.restart()
  expect(sessions()).toBe(2 * members)
  for (const relay of relays) relay.connect()
  await eventually(() => expect(relays.map(({ isFilled }) => isFilled)).toEqual([true, true]))
  relays[0]?.say('are you there?')
  await eventually(() => expect(relays.map(({ seq }) => seq)).toEqual([1, 1]))
  expect([sessions(), circle.host.room?.context.presence.count]).toEqual([2 * members, 2 * members])
  expect(relays.map(({ closed }) => closed)).toEqual([[], []])

  circle.kill()
  circle.restart()
  relays[1]?.sessions.clear()
  const runs = vi.spyOn(circle.host, 'run')
  for (const relay of relays) relay.connect()
  await eventually(() => expect(relays.map(({ isFilled }) => isFilled)).toEqual([true, true]))
  expect(sessions()).toBe(members)
  expect(runs.mock.calls.length).toBeLessThan(100) // not one for each session: they would take seconds
  expect(circle.host.room?.context.presence.users()).toHaveLength(members)
})
