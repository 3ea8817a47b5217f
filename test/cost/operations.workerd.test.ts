import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { expect, test, vi } from 'vitest'
import { computeBill } from '../../src/protocol/cost/compute.ts'
import { addCounts, scaleCounts, zeroCounts } from '../../src/protocol/cost/counts.ts'
import type { Counts } from '../../src/protocol/cost/schema.ts'
import { lineBytes } from './examples.ts'
import { aCircle, type Circle, differenceOf } from './fixtures.ts'
import { operations } from './operations.ts'

/** What an act costs, without what asking for it costs, and without the time it takes: this measures none. */
async function costOf(circle: Circle, act: () => unknown): Promise<Counts> {
  const first = await circle.counted()
  const before = await circle.counted()
  await act()
  const asking = differenceOf(before, first)
  return { ...differenceOf(differenceOf(await circle.counted(), before), asking), active_ms: 0 }
}

/** The figures of an operation; rows read are an upper bound. */
function figures(operation: Partial<Counts>, times = 1) {
  const expected = scaleCounts({ ...zeroCounts(), ...operation }, times)
  return { ...expected, rows_read: expect.toSatisfy((read: number) => read <= expected.rows_read) }
}

test('[L8] what is said costs two rows and a twentieth of a request, what is of the moment no row', async () => {
  const circle = await aCircle('operations')
  const ada = await circle.join('ada') // sets the alarm
  expect(await costOf(circle, () => circle.join('bob'))).toEqual(figures(operations.join))
  expect(await costOf(circle, () => ada.say(10))).toEqual(figures(operations.line, 10))
  const typing = () => ada.command('typing', { active: true })
  expect(await costOf(circle, typing)).toEqual(figures(operations.typing))
  expect(await costOf(circle, () => ada.command('read', { seq: 1 }))).toEqual(figures(operations.read))
  expect(await costOf(circle, () => ada.command('presence', { state: { mood: 'fine' } }))).toEqual(
    figures({ messages: 1 }),
  )
  expect(await costOf(circle, () => ada.command('signal', { name: 'x', value: 1 }))).toEqual(figures({ messages: 1 }))
  expect(await costOf(circle, () => ada.ping())).toEqual(figures({}))
})

test('[H1] [H3] a circle that is woken sets no alarm anew; one that is woken by it sets the next, and that is all', async () => {
  const circle = await aCircle('woken')
  await circle.join('ada')
  const wake = () => evictDurableObject(circle.stub)
  expect(await costOf(circle, wake)).toEqual(figures(operations.wake))
  const ring = async () => {
    await evictDurableObject(circle.stub)
    expect(await runDurableObjectAlarm(circle.stub)).toBe(true)
  }
  const woken = await costOf(circle, ring)
  expect(woken).toEqual(figures({ ...operations.wake, ...operations.alarm }))
  const month = scaleCounts({ ...woken, active_ms: 20 }, 20_736) // every 125 s
  expect(computeBill(month, 0).total).toBeLessThan(0.03)
})

test('[H3] a circle that everybody left has no alarm', async () => {
  const circle = await aCircle('left')
  const ada = await circle.join('ada')
  await ada.say(3)
  ada.close()
  const alarm = () => runInDurableObject(circle.stub, (_, { storage }) => storage.getAlarm())
  await vi.waitFor(async () => expect(await alarm()).toBeNull())
})

test('[T3] a turn costs four rows beside its question and the alarm that would rescue it', async () => {
  const circle = await aCircle('asked')
  const ada = await circle.join('ada')
  const cost = await costOf(circle, () => ada.ask('@scribe help'))
  const expected = addCounts({ ...zeroCounts(), ...operations.line }, { ...zeroCounts(), ...operations.turn })
  expect(cost).toEqual(figures(expected))
})

test('[W] the meter says what the runtime wrote, over everything that can be done to a circle', async () => {
  const circle = await aCircle('audited')
  const before = await circle.counted()
  const audit = await circle.audit()
  const ada = await circle.join('ada')
  await ada.say(15)
  await ada.command('react', { seq: 3, emoji: '👍' })
  await ada.command('edit', { seq: 3, content: 'otherwise' })
  await ada.command('delete', { seq: 4 })
  await ada.ask('@scribe help')
  for (const content of ['one', 'two']) await circle.http('POST', '/messages', { content })
  await circle.http('GET', '/search?q=one')
  await circle.http('GET', '/events?limit=50')
  ada.close()
  await vi.waitFor(() => expect(audit.alarms).toBeGreaterThan(1)) // it is deleted with the last who left
  const { rows_read, rows_written, alarm_sets } = differenceOf(await circle.counted(), before)
  expect({ rows_read, rows_written, alarm_sets }).toEqual(await audit.take())
})

test('[W] what was counted outlives the object, whoever is there, and costs no row', async () => {
  const circle = await aCircle('kept')
  const [ada, bob] = [await circle.join('ada'), await circle.join('bob')]
  const before = await circle.counted()
  await ada.say(5)
  await bob.say(5)
  await evictDurableObject(circle.stub)
  ada.close() // the oldest, on whose socket the note lies
  await bob.say(5)
  await evictDurableObject(circle.stub)
  expect(differenceOf(await circle.counted(), before)).toMatchObject({ messages: 15, wakes: 2, rows_written: 30 })
})

test('[W] after a crash the log still knows what was said', async () => {
  const circle = await aCircle('crashed')
  const crash = async (user: string) => {
    const member = await circle.join(user)
    await member.say(10)
    await evictDurableObject(circle.stub, { webSockets: 'close' })
    return circle.counted()
  }
  const [first, second] = [await crash('ada'), await crash('bob')]
  expect(differenceOf(second, first)).toMatchObject({ messages: 10, rows_written: 20 })
})

test('what a line takes in the database is what the examples say', async () => {
  const circle = await aCircle('stored')
  const bytes = async () => (await circle.http('GET', '/cost')).json.storage_bytes
  const before = await bytes()
  const lines = Array.from({ length: 2_000 }, (_, index) => ({
    type: 'message',
    seq: index + 1,
    id: `imported-line-${index}`,
    user: 'guest:ada',
    timestamp: '2026-11-21T09:00:00.000Z',
    channel: 'circle:stored',
    data: {
      content: 'A line of about as many words as people write when they talk with each other, which is not many.',
      user_id: 'guest:ada',
      user_name: 'Ada Lovelace',
      client_id: `imported-line-${index}`,
      hop: 0,
    },
  }))
  const imported = await circle.importLines(lines)
  expect(imported).toMatchObject({ status: 200, json: { events: 2_000 } })
  const each = ((await bytes()) - before) / 2_000
  expect(each).toBeLessThan(lineBytes)
  expect(each).toBeGreaterThan(lineBytes * 0.5)
})

test('[W] a cost is for owners to see, of circles, workspaces and agents', async () => {
  const circle = await aCircle('whose')
  expect(await circle.http('GET', '/cost')).toMatchObject({
    status: 200,
    json: { channel: 'circle:whose', storage_bytes: expect.toSatisfy((bytes: number) => bytes > 10_000) },
  })
  expect(await circle.http('GET', '/cost', undefined, 'bob')).toMatchObject({ status: 403 })
  expect(await circle.http('POST', '/cost', {})).toMatchObject({ status: 405 })
  await circle.join('ada')
  expect(await circle.at('/api/circles/nowhere-to-pay/cost')).toMatchObject({ status: 404 })
  expect(await circle.at('/api/workspaces/nowhere-to-pay/cost')).toMatchObject({ status: 404 })
  expect(await circle.at('/api/agents/nowhere-to-pay/cost')).toMatchObject({ status: 404 })
})

test('[W] pings that wake a circle are told of once, and shown', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {})
  const circle = await aCircle('pinged')
  const members = [await circle.join('ada'), await circle.join('bob')]
  for (const member of members) await member.pingAloud(15)
  for (let ring = 0; ring < 2; ring++) await runDurableObjectAlarm(circle.stub)
  const lines = told.mock.calls.map(([line]) => JSON.parse(line)).filter(({ event }) => event === 'wakeful')
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
