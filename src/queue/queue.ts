import type { Principal } from '../auth/principal.ts'
import type { Env } from '../env.ts'
import { type BusEvent, type BusResult, EventBus } from '../protocol/events/bus-events.ts'
import type { ProtocolTables } from '../protocol/tables.ts'
import { cleanName } from '../protocol/text.ts'
import { channelStub } from '../stubs.ts'
import { publisherAs } from './channel-publisher.ts'
import { type PublisherAuthority, publishEvents } from './publish-events.ts'
import { consume, type QueueMessage } from './queue-consumer.ts'

/** Consumes a batch of the platform's queue. */
export type QueueHandler = (batch: { messages: readonly QueueMessage[] }, env: Env) => Promise<void>

/**
 * Makes the consumer of the queue `circles-events`. Its producers are part of the deployment: they may publish to every
 * channel and as every agent. An event's `source` names the producer.
 */
export function createQueue(tables: ProtocolTables): QueueHandler {
  const bus = new EventBus(tables)
  return ({ messages }, env) =>
    consume(bus, messages, {
      publish: events => publishBySource(bus, events, env),
      deadLetter: async letter => {
        if (env.DEAD_EVENTS === undefined) throw new Error('expected the binding DEAD_EVENTS, the dead-letter queue')
        await env.DEAD_EVENTS.send(letter)
      },
    })
}

async function publishBySource(bus: EventBus, events: BusEvent[], env: Env): Promise<BusResult[]> {
  const bySource = Map.groupBy(events, sourceOf)
  const results = new Map<string, BusResult[]>()
  for (const [source, own] of bySource) results.set(source, await publishEvents(bus, own, authorityOf(source, env)))
  return events.map(event => results.get(sourceOf(event))?.shift() ?? missingResult(event))
}

function sourceOf({ source }: BusEvent): string {
  return source ?? 'queue'
}

function authorityOf(source: string, env: Env): PublisherAuthority {
  const name = cleanName(source) ?? 'queue'
  const principal: Principal = { id: `system:${source}`, name, kind: 'person', role: 'owner', expires: null }
  return {
    publisherFor: async (kind, name) => {
      const publisher = publisherAs(principal, name, channelStub(env, { kind, name }))
      const unavailable = { code: 'internal', message: 'the channel did not respond' } as const
      return {
        publish: publications =>
          publisher.publish(publications).catch(() => publications.map(({ id }) => ({ id, refused: unavailable }))),
        sendMessage: (id, data) => publisher.sendMessage(id, data).catch(() => ({ id, refused: unavailable })),
      }
    },
    mayPublishAs: async () => true,
  }
}

function missingResult({ id }: BusEvent): BusResult {
  return { id, status: 'refused', error: { code: 'internal', message: 'there is no result for this event' } }
}
