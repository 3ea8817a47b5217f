import { expect, test } from 'vitest'
import { type BusEvent, type BusResult, EventBus } from '../../src/protocol/events/bus-events.ts'
import { builtinTables } from '../../src/protocol/tables.ts'
import { consume, type DeadLetter, type QueueMessage } from '../../src/queue/queue-consumer.ts'

const bus = new EventBus(builtinTables)
const changed = (id: string): BusEvent => ({
  id,
  type: 'workspace.file_changed',
  workspace_id: 'acme',
  data: { path: 'a.ts' },
})

function queueMessages(...bodies: unknown[]) {
  const outcomes = new Map<number, unknown>()
  const list = bodies.map(
    (body, index): QueueMessage => ({
      body,
      attempts: index + 1,
      ack: () => void outcomes.set(index, 'acked'),
      retry: options => void outcomes.set(index, options),
    }),
  )
  return { list, outcomes: () => bodies.map((_, index) => outcomes.get(index)) }
}

const stored = ({ id }: BusEvent): BusResult => ({ id, status: 'stored', seq: 1 })
const refused = ({ id }: BusEvent, code: string): BusResult => ({
  id,
  status: 'refused',
  error: { code, message: code },
})

test('[W] each message is acknowledged, retried later, or dead-lettered with the reason', async () => {
  const { list, outcomes } = queueMessages(
    changed('fine'),
    'no event',
    changed('broken'),
    changed('never'),
    changed('paused'),
  )
  const deadLetters: DeadLetter[] = []
  await consume(bus, list, {
    publish: async events =>
      events.map(event => {
        if (event.id === 'broken') return refused(event, 'internal')
        if (event.id === 'paused') return refused(event, 'paused')
        return event.id === 'never' ? refused(event, 'forbidden') : stored(event)
      }),
    deadLetter: async letter => void deadLetters.push(letter),
  })
  expect(outcomes()).toEqual(['acked', 'acked', { delaySeconds: 8 }, 'acked', { delaySeconds: 32 }])
  expect(deadLetters).toEqual([
    { event: 'no event', error: { code: 'invalid', message: expect.any(String) } },
    { event: changed('never'), error: { code: 'forbidden', message: 'forbidden' } },
  ])
})

test('[W] a message that cannot be dead-lettered is not acknowledged', async () => {
  const { list, outcomes } = queueMessages('no event')
  const deadLetter = async () => {
    throw new Error('no dead-letter queue')
  }
  await consume(bus, list, { publish: async events => events.map(stored), deadLetter })
  expect(outcomes()).toEqual([{ delaySeconds: 2 }])
})

test('[W] the delay before a retry doubles, up to ten minutes', async () => {
  const { list, outcomes } = queueMessages(...Array.from({ length: 12 }, (_, index) => changed(`e${index}`)))
  const publish = async (events: BusEvent[]) => events.map(event => refused(event, 'internal'))
  await consume(bus, list, { publish, deadLetter: async () => {} })
  expect(outcomes().map(outcome => (outcome as { delaySeconds: number }).delaySeconds)).toEqual([
    2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600,
  ])
})
