import { type BusEvent, type BusResult, busEvent } from '../protocol/bus-events.ts'

/** One message of a queue, as far as it is used here. */
export type DeadLetterMessage = {
  body: unknown
  attempts: number // 1 the first time
  ack(): void
  retry(options?: { delaySeconds: number }): void
}

/** How letters are read: `tell` brings events to their channels, `bury` keeps one that can never be delivered. */
export type Delivery = {
  tell(events: BusEvent[]): Promise<BusResult[]>
  bury(letter: DeadLetter): Promise<void>
}

/** What lies in the dead-letter queue, and why. */
export type DeadLetter = { event: unknown; error: { code: string; message: string } }

const maxDelaySeconds = 600
// It may go better later: the channel was overloaded or broken, or is paused.
const passing: ReadonlySet<string> = new Set(['internal', 'rate_limited', 'unavailable', 'paused'])

/**
 * Delivers a batch. Each letter is acknowledged by itself, and only when its event is stored: whatever ends this
 * half-way leaves the others to be delivered again, and the channels know what they have by its id.
 */
export async function consume(letters: readonly DeadLetterMessage[], delivery: Delivery): Promise<void> {
  const read = letters.map(letter => ({ letter, event: busEvent.safeParse(letter.body) }))
  const told = await delivery.tell(read.flatMap(({ event }) => event.data ?? []))
  for (const { letter, event } of read) {
    const result = event.success ? told.shift() : undefined
    const error = event.success ? result?.error : { code: 'invalid', message: 'this is no event' }
    if (error === undefined) letter.ack()
    else if (passing.has(error.code)) letter.retry({ delaySeconds: delayOf(letter.attempts) })
    else await bury(letter, error, delivery)
  }
}

/** 2, 4, 8 … seconds. */
function delayOf(attempts: number): number {
  return Math.min(maxDelaySeconds, 2 ** attempts)
}

async function bury(letter: DeadLetterMessage, error: DeadLetter['error'], delivery: Delivery): Promise<void> {
  try {
    await delivery.bury({ event: letter.body, error })
    letter.ack()
  } catch {
    letter.retry({ delaySeconds: delayOf(letter.attempts) }) // nothing is acknowledged that lies nowhere
  }
}
