import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { expect, test, vi } from 'vitest'
import { addCounts, computeBill, scaleCounts, zeroCounts } from '../../src/protocol/cost/compute.ts'
import type { Counts } from '../../src/protocol/cost/schema.ts'
import { eventually } from '../support/eventually.ts'
import { messageBytes } from './examples.ts'
import { aCircle, type Circle, differenceOf } from './fixtures.ts'
import { operations } from './operations.ts'

/** The cost of an act, without the cost of reading the counts and without the time, which is not measured. */
async function costOf(circle: Circle, act: () => unknown): Promise<Counts> {
  const first = await circle.counted()
  const before = await circle.counted()
  await act()
  const reading = differenceOf(before, first)
  return { ...differenceOf(differenceOf(await circle.counted(), before), reading), active_ms: 0 }
}

/** The expected counts of an operation; rows read are an upper bound. */
function figures(operation: Partial<Counts>, times = 1) {
  const expected = scaleCounts({ ...zeroCounts(), ...operation }, times)
  return { ...expected, rows_read: expect.toSatisfy((read: number) => read <= expected.rows_read) }
}

test('[L8] a message costs two rows and a twentieth of a request, an ephemeral command no row', async () => {
  const circle = await aCircle('operations')
  const ada = await circle.join('ada') // sets the alarm
  expect(await costOf(circle, () => circle.join('bob'))).toEqual(figures(operations.join))
  await ada.send(1) // the first after a wake-up reads what she has sent today
  expect(await costOf(circle, () => ada.send(10))).toEqual(figures(operations.message, 10))
  const typing = () => ada.command('typing', { active: true })
  expect(await costOf(circle, typing)).toEqual(figures(operations.typing))
  expect(await costOf(circle, () => ada.command('read', { seq: 1 }))).toEqual(figures(operations.read))
  expect(await costOf(circle, () => ada.command('presence', { state: { mood: 'fine' } }))).toEqual(
    figures({ messages: 1 }),
  )
  expect(await costOf(circle, () => ada.command('signal', { name: 'x', value: 1 }))).toEqual(figures({ messages: 1 }))
  expect(await costOf(circle, () => ada.ping())).toEqual(figures({}))
})

test('[H1] [H3] a woken circle does not set the alarm again; one woken by the alarm sets only the next', async () => {
  const circle = await aCircle('woken')
  await circle.join('ada')
  const wake = () => evictDurableObject(circle.stub)
  expect(await costOf(circle, wake)).toEqual(figures(operations.wake))
  const fireAlarm = async () => {
    await evictDurableObject(circle.stub)
    expect(await runDurableObjectAlarm(circle.stub)).toBe(true)
  }
  const woken = await costOf(circle, fireAlarm)
  expect(woken).toEqual(figures({ ...operations.wake, ...operations.alarm }))
  const month = scaleCounts({ ...woken, active_ms: 20 }, 20_736) // every 125 s
  expect(computeBill(month, 0).total).toBeLessThan(0.03)
})

test('[H3] an empty circle has no alarm', async () => {
  const circle = await aCircle('left')
  const ada = await circle.join('ada')
  await ada.send(3)
  ada.close()
  const alarm = () => runInDurableObject(circle.stub, (_, { storage }) => storage.getAlarm())
  await eventually(async () => expect(await alarm()).toBeNull())
})

test('[T3] a turn costs four rows besides its prompt and the alarm for its lease', async () => {
  const circle = await aCircle('prompted')
  const ada = await circle.join('ada')
  const cost = await costOf(circle, () => ada.prompt('@scribe help'))
  const expected = addCounts({ ...zeroCounts(), ...operations.message }, { ...zeroCounts(), ...operations.turn })
  expect(cost).toEqual(figures(expected))
})

test('[W] the meter agrees with the runtime for every kind of operation', async () => {
  const circle = await aCircle('audited')
  const before = await circle.counted()
  const audit = await circle.audit()
  const ada = await circle.join('ada')
  await ada.send(15)
  await ada.command('react', { seq: 3, emoji: '👍' })
  await ada.command('edit', { seq: 3, content: 'otherwise' })
  await ada.command('delete', { seq: 4 })
  await ada.prompt('@scribe help')
  for (const content of ['one', 'two']) await circle.http('POST', '/messages', { content })
  await circle.http('GET', '/search?q=one')
  await circle.http('GET', '/events?limit=50')
  ada.close()
  await eventually(() => expect(audit.alarms).toBeGreaterThan(1)) // it is deleted when the last session closes
  const { rows_read, rows_written, alarm_sets } = differenceOf(await circle.counted(), before)
  expect({ rows_read, rows_written, alarm_sets }).toEqual(await audit.take())
})

test('[W] the counts survive the object, whoever is connected, and cost no row', async () => {
  const circle = await aCircle('kept')
  const [ada, bob] = [await circle.join('ada'), await circle.join('bob')]
  const before = await circle.counted()
  await ada.send(5)
  await bob.send(5)
  await evictDurableObject(circle.stub)
  ada.close() // the oldest, whose socket holds the counts
  await bob.send(5)
  await evictDurableObject(circle.stub)
  expect(differenceOf(await circle.counted(), before)).toMatchObject({ messages: 15, wakes: 2, rows_written: 30 })
})

test('[W] after a crash the messages are counted from the log', async () => {
  const circle = await aCircle('crashed')
  const crash = async (user: string) => {
    const member = await circle.join(user)
    await member.send(10)
    await evictDurableObject(circle.stub, { webSockets: 'close' })
    return circle.counted()
  }
  const [first, second] = [await crash('ada'), await crash('bob')]
  expect(differenceOf(second, first)).toMatchObject({ messages: 10, rows_written: 20 })
})

test('the size of a message in the database is at most that of the examples', async () => {
  const circle = await aCircle('stored')
  const bytes = async () => (await circle.http('GET', '/cost')).json.storage_bytes
  const before = await bytes()
  const events = Array.from({ length: 2_000 }, (_, index) => ({
    type: 'message',
    seq: index + 1,
    id: `imported-${index}`,
    user: 'guest:ada',
    timestamp: '2026-11-21T09:00:00.000Z',
    channel: 'circle:stored',
    data: {
      content: 'A line of about as many words as people write when they talk with each other, which is not many.',
      user_id: 'guest:ada',
      user_name: 'Ada Lovelace',
      client_id: `imported-${index}`,
      hop: 0,
    },
  }))
  const imported = await circle.importLog(events)
  expect(imported).toMatchObject({ status: 200, json: { events: 2_000 } })
  const each = ((await bytes()) - before) / 2_000
  expect(each).toBeLessThan(messageBytes)
  expect(each).toBeGreaterThan(messageBytes * 0.5)
})

test('[W] only owners can read the cost of circles, workspaces and agents', async () => {
  const circle = await aCircle('whose')
  expect(await circle.http('GET', '/cost')).toMatchObject({
    status: 200,
    json: { channel: 'circle:whose', storage_bytes: expect.toSatisfy((bytes: number) => bytes > 10_000) },
  })
  expect(await circle.http('GET', '/cost', undefined, 'bob')).toMatchObject({ status: 403 })
  expect(await circle.http('POST', '/cost', {})).toMatchObject({ status: 405 })
  await circle.join('ada')
  expect(await circle.at('/api/circles/missing/cost')).toMatchObject({ status: 404 })
  expect(await circle.at('/api/workspaces/missing/cost')).toMatchObject({ status: 404 })
  expect(await circle.at('/api/agents/missing/cost')).toMatchObject({ status: 404 })
})

test('[W] pings that wake a circle are logged once, and reported', async () => {
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
  const circle = await aCircle('pinged')
  const members = [await circle.join('ada'), await circle.join('bob')]
  for (const member of members) await member.pingRoom(15)
  for (let times = 0; times < 2; times++) await runDurableObjectAlarm(circle.stub)
  const lines = errors.mock.calls.map(([line]) => JSON.parse(line)).filter(({ event }) => event === 'wakeful')
  expect(lines).toEqual([
    expect.objectContaining({
      level: 'warn',
      channel: 'circle:pinged',
      cause: 'pings',
      dollars_a_month: expect.any(Number),
    }),
  ])
  const { json } = await circle.http('GET', '/cost')
  expect(json.wakeful).toMatchObject([{ cause: 'pings', detail: expect.stringContaining('30 pings') }])
})
