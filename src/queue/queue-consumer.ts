import type { BusEvent, BusResult, EventBus } from '../protocol/events/bus-events.ts'

/** A message of the platform's queue: the part that is used here. */
export type QueueMessage = {
  body: unknown
  attempts: number // 1 the first time
  ack(): void
  retry(options?: { delaySeconds: number }): void
}

/** The effects of the consumer: `publish` stores events in their channels, `deadLetter` keeps one that cannot be delivered. */
type QueueDelivery = {
  publish(events: BusEvent[]): Promise<BusResult[]>
  deadLetter(letter: DeadLetter): Promise<void>
}

/** An entry of the dead-letter queue: the event and the reason. Its keys are published (docs/events.md). */
export type DeadLetter = { event: unknown; error: { code: string; message: string } }

const maxDelaySeconds = 600
// Worth a retry: the channel was overloaded or failed, or is paused.
const temporary: ReadonlySet<string> = new Set(['internal', 'rate_limited', 'unavailable', 'paused'])

/**
 * Delivers a batch. Each message is acknowledged separately, once its event is stored: if this is interrupted, the queue
 * delivers the others again, and channels recognize events they have by their id.
 */
export async function consume(
  { schema }: Pick<EventBus, 'schema'>,
  messages: readonly QueueMessage[],
  delivery: QueueDelivery,
): Promise<void> {
  const parsed = messages.map(message => ({ message, event: schema.safeParse(message.body) }))
  const results = await delivery.publish(parsed.flatMap(({ event }) => event.data ?? []))
  for (const { message, event } of parsed) {
    const result = event.success ? results.shift() : undefined
    const error = event.success ? result?.error : { code: 'invalid', message: 'this is not an event' }
    if (error === undefined) message.ack()
    else if (temporary.has(error.code)) message.retry({ delaySeconds: delayOf(message.attempts) })
    else await deadLetter(message, error, delivery)
  }
}

/** 2, 4, 8 … seconds. */
function delayOf(attempts: number): number {
  return Math.min(maxDelaySeconds, 2 ** attempts)
}

async function deadLetter(message: QueueMessage, error: DeadLetter['error'], delivery: QueueDelivery): Promise<void> {
  try {
    await delivery.deadLetter({ event: message.body, error })
    message.ack()
  } catch {
    message.retry({ delaySeconds: delayOf(message.attempts) }) // acknowledged only once it is stored somewhere
  }
}
