import { expect, test } from 'vitest'
import type { BusEvent, BusResult } from '../../src/protocol/bus-events.ts'
import { consume, type DeadLetter, type DeadLetterMessage } from '../../src/queue/queue-consumer.ts'

const changed = (id: string): BusEvent => ({
  id,
  type: 'workspace.file_changed',
  workspace_id: 'acme',
  data: { path: 'a.ts' },
})

function letters(...bodies: unknown[]) {
  const fates = new Map<number, unknown>()
  const list = bodies.map(
    (body, index): DeadLetterMessage => ({
      body,
      attempts: index + 1,
      ack: () => void fates.set(index, 'acked'),
      retry: options => void fates.set(index, options),
    }),
  )
  return { list, fates: () => bodies.map((_, index) => fates.get(index)) }
}

const stored = ({ id }: BusEvent): BusResult => ({ id, status: 'stored', seq: 1 })
const refused = ({ id }: BusEvent, code: string): BusResult => ({
  id,
  status: 'refused',
  error: { code, message: code },
})

test('[W] each letter is acknowledged by itself, tried again later, or buried with the reason', async () => {
  const { list, fates } = letters(changed('fine'), 'no event', changed('broken'), changed('never'), changed('paused'))
  const buried: DeadLetter[] = []
  await consume(list, {
    tell: async events =>
      events.map(event => {
        if (event.id === 'broken') return refused(event, 'internal')
        if (event.id === 'paused') return refused(event, 'paused')
        return event.id === 'never' ? refused(event, 'forbidden') : stored(event)
      }),
    bury: async letter => void buried.push(letter),
  })
  expect(fates()).toEqual(['acked', 'acked', { delaySeconds: 8 }, 'acked', { delaySeconds: 32 }])
  expect(buried).toEqual([
    { event: 'no event', error: { code: 'invalid', message: expect.any(String) } },
    { event: changed('never'), error: { code: 'forbidden', message: 'forbidden' } },
  ])
})

test('[W] what cannot be buried is not acknowledged', async () => {
  const { list, fates } = letters('no event')
  const bury = async () => {
    throw new Error('no dead-letter queue')
  }
  await consume(list, { tell: async events => events.map(stored), bury })
  expect(fates()).toEqual([{ delaySeconds: 2 }])
})

test('[W] the pause before another try doubles, up to ten minutes', async () => {
  const { list, fates } = letters(...Array.from({ length: 12 }, (_, index) => changed(`e${index}`)))
  const tell = async (events: BusEvent[]) => events.map(event => refused(event, 'internal'))
  await consume(list, { tell, bury: async () => {} })
  expect(fates().map(fate => (fate as { delaySeconds: number }).delaySeconds)).toEqual([
    2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600,
  ])
})
