import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { circles } from '../../src/server/index.ts'
import { eventually } from '../support/eventually.ts'
import { OwnCircle, ownCode } from '../support/own-circle.ts'

// A circle of one's own over sleeps and crashes of its object, in the runtime and by its clock.

afterEach(() => void vi.restoreAllMocks())

const rooms = circles({ protocol: OwnCircle.protocol, circle: 'OWN_CIRCLES' })
const circleOf = (name: string) => rooms.circle(env, name)
const stubOf = (name: string) => env.OWN_CIRCLES.getByName(name)
const note = (name: string, text: string) => circleOf(name).command('note', { text }, { id: text })

/** Records which events the handler saw; `during` is awaited at each. */
function seenEvents(during: (seq: number) => Promise<void> | void = () => {}): number[] {
  const seen: number[] = []
  vi.spyOn(ownCode, 'afterEvent').mockImplementation(async (_room, { seq }) => {
    seen.push(seq)
    await during(seq)
  })
  return seen
}

/** The cursor of `afterEvent`, as it is stored. */
const storedCursor = (name: string) =>
  runInDurableObject(stubOf(name), (_, { storage }) => storage.sql.exec('SELECT cursor FROM after_event').one().cursor)

/** Waits until a circle has stored that everything up to an event was handled. */
const isStored = (name: string, seq: number) => eventually(async () => expect(await storedCursor(name)).toBe(seq))

/** How often each type of event was logged. */
async function logged(name: string, type: string): Promise<number> {
  const { events } = await circleOf(name).history({ after: 0 })
  return events.filter(event => event.type === type).length
}

test('afterEvent sees every event once and in order over sleeps', async () => {
  const seen = seenEvents()
  for (let round = 0; round < 2; round++) {
    await note('slept', `n${2 * round}`)
    await note('slept', `n${2 * round + 1}`)
    await isStored('slept', 2 * round + 2)
    await evictDurableObject(stubOf('slept'))
  }
  await note('slept', 'last')
  await isStored('slept', 5)
  expect(seen).toEqual([1, 2, 3, 4, 5])
})

test('after a crash the alarm has afterEvent see what it had not finished, in order', async () => {
  const { promise: never } = Promise.withResolvers<void>()
  let hangsAt: number | null = 4
  const seen = seenEvents(seq => (seq === hangsAt ? never : undefined))
  for (const text of ['n1', 'n2']) await note('crashed', text)
  await isStored('crashed', 2)
  for (const text of ['n3', 'n4', 'n5', 'n6']) await note('crashed', text)
  await eventually(() => expect(seen).toEqual([1, 2, 3, 4]))
  const before = await storedCursor('crashed')
  hangsAt = null
  await abortAllDurableObjects()

  expect(await runDurableObjectAlarm(stubOf('crashed'))).toBe(true) // it was set while there was a backlog
  await isStored('crashed', 6)
  // Seen again: at most what was seen after the cursor was stored, which is a second's events.
  const again = seen.slice(4)
  expect(again[0]).toBeGreaterThan(Number(before))
  expect(again).toEqual([3, 4, 5, 6].filter(seq => seq >= (again[0] ?? 0)))
  expect(again).toContain(4)
})

test('a handler that throws is called again after a sleep, and events behind it wait', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  let isBroken = true
  const seen = seenEvents(() => {
    if (isBroken) throw new Error('PUSH is down')
  })
  await note('failing', 'n1')
  await note('failing', 'n2')
  await eventually(() => expect(seen).toEqual([1]))
  isBroken = false
  await evictDurableObject(stubOf('failing'))
  await eventually(() => expect(seen).toEqual([1, 1, 2])) // by the alarm alone
})

test('what the first command schedules runs once though the circle slept and crashed meanwhile', async () => {
  const circle = circleOf('rung')
  await circle.command('ring', { in_ms: 1_500 }, { id: 'r1' })
  await evictDurableObject(stubOf('rung'))
  await circle.command('ring', { in_ms: 1_500 }, { id: 'r1' }) // a repeat
  await abortAllDurableObjects()
  await eventually(async () => expect(await logged('rung', 'rang')).toBe(1))
  await evictDurableObject(stubOf('rung'))
  await runDurableObjectAlarm(stubOf('rung'))
  await abortAllDurableObjects()
  await runDurableObjectAlarm(stubOf('rung'))
  expect(await logged('rung', 'rang')).toBe(1)
})

test('of several statements in one text, all run, and the last alone has parameters and rows', async () => {
  await note('several', 'n1')
  await runInDurableObject(stubOf('several'), (_, { storage: { sql } }) => {
    sql.exec(`CREATE TABLE mine (x); INSERT INTO mine VALUES ('1:2') -- a comment
      ;`)
    expect(sql.exec(`UPDATE mine SET x = x || '!'; SELECT x, ?1 AS y FROM mine`, 2).toArray()).toEqual([
      { x: '1:2!', y: 2 },
    ])
    expect(() => sql.exec('SELECT ?1; SELECT 2', 1)).toThrow('only the last')
    expect(() => sql.exec('SELECT 1; -- end')).toThrow('did not contain a statement')
  })
})

test('a crash within onSchedule undoes what it did, and it runs again', async () => {
  let calls = 0
  vi.spyOn(ownCode, 'onSchedule').mockImplementation((room, name) => {
    room.append('rang', { name })
    if (++calls === 1) abort()
  })
  let abort = () => {}
  const circle = circleOf('aborted')
  await circle.command('ring', { in_ms: 1_000 })
  await runInDurableObject(stubOf('aborted'), (_, state) => {
    abort = () => state.abort('a crash')
  })
  await eventually(async () => expect(await logged('aborted', 'rang')).toBe(1))
  expect(calls).toBe(2)
})
