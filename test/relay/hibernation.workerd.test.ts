import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Sockets } from '../../src/rooms/object/sockets.ts'
import { everySocket } from '../support/behind-relays.ts'
import { eventually } from '../support/eventually.ts'
import { askAs, join } from '../support/in-worker.ts'

// Circles whose names begin with `relayed-` have relays (test/support/worker.ts).

const settings = { RELAYS: everySocket }
const circleOf = (name: string) => env.CIRCLES.getByName(name)
const relayOf = (name: string) => {
  if (env.CIRCLE_RELAYS === undefined) throw new Error('expected relays')
  return (env.CIRCLE_RELAYS as unknown as DurableObjectNamespace).getByName(`${name}/enam/0`)
}
const enter = (circle: string, name: string) => join(`/ws/circles/${circle}?name=${name}`, settings)
const parkedRelays = (circle: string) =>
  runInDurableObject(circleOf(circle), (_, { storage }) => [
    ...storage.sql.exec(`SELECT relay FROM circles_parked_relays`).raw(),
  ])
/** Is the circle not in memory? If it was, it is not any more. */
const isAsleep = (circle: string) =>
  evictDurableObject(circleOf(circle)).then(
    () => false,
    error => /not currently running/.test(String(error)),
  )

// Objects and tests share an isolate, and so a clock; the runtime's is another one, by which it notes pings.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.spyOn(Sockets.prototype, 'lastPingAt').mockImplementation(() => Date.now())
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Lets time pass at once, and the alarm of a relay fire. */
async function pass(seconds: number, name: string): Promise<void> {
  vi.setSystemTime(Date.now() + seconds * 1_000)
  expect(await runDurableObjectAlarm(relayOf(name))).toBe(true)
}

/** Two members of a new circle whose relay has parked; it and the circle have hibernated. */
async function aSilentCircle(name: string) {
  const members = [await enter(name, 'ada'), await enter(name, 'bob')] as const
  members[0].webSocket.send('{"type":"message","id":"m1","data":{"content":"hello"}}')
  await eventually(() => {
    expect(members[0].frames.some(({ type }) => type === 'ack')).toBe(true)
    expect(members[1].frames.some(({ seq }) => seq === 1)).toBe(true)
  })
  await pass(20, name)
  await eventually(async () => expect(await parkedRelays(name)).toEqual([[`${name}/enam/0`]]))
  await evictDurableObject(relayOf(name))
  await evictDurableObject(circleOf(name))
  return members
}

test('[H1] a silent circle behind relays is not woken, and writes no row, while its relays look after their members', async () => {
  const name = 'relayed-silent'
  const members = await aSilentCircle(name)
  expect(await runInDurableObject(circleOf(name), (_, { storage }) => storage.getAlarm())).toBeNull()
  await evictDurableObject(circleOf(name))
  for (let minute = 2; minute <= 60; minute += 2) {
    for (const { webSocket } of members) webSocket.send('{"type":"ping"}')
    await eventually(() => {
      for (const { frames } of members) expect(frames.filter(({ type }) => type === 'pong')).toHaveLength(minute / 2)
    })
    await pass(120, name)
    await evictDurableObject(relayOf(name))
  }
  expect(await isAsleep(name)).toBe(true)
  expect(members.map(({ closes }) => closes)).toEqual([[], []])
})

test('[P2] a member that leaves while its relay hibernates leaves the circle, which is woken by it', async () => {
  const name = 'relayed-leave'
  const [ada, bob] = await aSilentCircle(name)
  bob.webSocket.close(1000)
  await eventually(() => expect(bob.closes).toEqual([1000]))
  await eventually(async () => {
    const { json } = await askAs('ada', 'GET', `/api/circles/${name}/members`)
    const sessions = (json as { members: { id: string; sessions: number }[] }).members.map(one => [
      one.id,
      one.sessions,
    ])
    expect(Object.fromEntries(sessions)).toEqual({ 'guest:ada': 1 })
  })
  expect(ada.closes).toEqual([])
})

test('[R3] the first message after a silence reaches everybody behind relays that hibernate', async () => {
  const name = 'relayed-wakes'
  const members = await aSilentCircle(name)
  members[0].webSocket.send('{"type":"message","id":"m2","data":{"content":"again"}}')
  await eventually(() => {
    for (const { frames } of members) expect(frames.map(({ seq }) => seq)).toContain(2)
  })
  expect(members.map(({ closes }) => closes)).toEqual([[], []])
})
