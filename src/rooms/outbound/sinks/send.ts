import type { DeliveredEvent } from '../../../protocol/dialects/native.ts'
import type { Sink } from './setting.ts'

const timeoutMs = 10_000 // for a sink to take an event

/** Implemented by a service that is bound as a sink. When `deliver` has returned, the event is the service’s. */
export type SinkService = { deliver(event: DeliveredEvent): unknown }

/** Sends an event to its sink. Throws if the sink did not take it. */
export async function sendToSink(bindings: object, { to, binding }: Sink, event: DeliveredEvent): Promise<void> {
  const target: unknown = (bindings as Record<string, unknown>)[binding]
  if (target === undefined) throw new Error(`expected the binding ${binding}, got none`)
  const taken =
    to === 'queue' ? (target as Queue).send(event, { contentType: 'json' }) : (target as SinkService).deliver(event)
  await Promise.race([taken, expiry(AbortSignal.timeout(timeoutMs))])
}

function expiry(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
}
