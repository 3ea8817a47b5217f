import type { Principal } from '../auth/principal.ts'
import type { Env } from '../env.ts'
import type { BusEvent, BusResult } from '../protocol/bus-events.ts'
import { cleanName } from '../protocol/text.ts'
import { channelStub } from '../stubs.ts'
import { publisherAs } from './channel-publisher.ts'
import { type PublisherAuthority, publishEvents } from './publish-events.ts'
import { consume, type DeadLetterMessage } from './queue-consumer.ts'

/**
 * The consumer of the queue `circles-events`. Whoever can put something there is part of the deployment: it may tell
 * every channel, and speak for every agent. An event's `source` says which part.
 */
export function queue({ messages }: { messages: readonly DeadLetterMessage[] }, env: Env): Promise<void> {
  return consume(messages, {
    tell: events => tellBySource(events, env),
    bury: async letter => {
      if (env.DEAD_EVENTS === undefined) throw new Error('there is no dead-letter queue DEAD_EVENTS')
      await env.DEAD_EVENTS.send(letter)
    },
  })
}

async function tellBySource(events: BusEvent[], env: Env): Promise<BusResult[]> {
  const bySource = Map.groupBy(events, sourceOf)
  const told = new Map<string, BusResult[]>()
  for (const [source, own] of bySource) told.set(source, await publishEvents(own, tellerOf(source, env)))
  return events.map(event => told.get(sourceOf(event))?.shift() ?? unheard(event))
}

function sourceOf({ source }: BusEvent): string {
  return source ?? 'queue'
}

function tellerOf(source: string, env: Env): PublisherAuthority {
  const name = cleanName(source) ?? 'queue'
  const principal: Principal = { id: `system:${source}`, name, kind: 'person', role: 'owner', expires: null }
  return {
    reach: async (kind, name) => {
      const reached = publisherAs(principal, name, channelStub(env, { kind, name }))
      const unavailable = { code: 'internal', message: 'the channel did not answer' } as const
      return {
        publish: publications =>
          reached.publish(publications).catch(() => publications.map(({ id }) => ({ id, refused: unavailable }))),
        say: (id, data) => reached.say(id, data).catch(() => ({ id, refused: unavailable })),
      }
    },
    speaksFor: async () => true,
  }
}

function unheard({ id }: BusEvent): BusResult {
  return { id, status: 'refused', error: { code: 'internal', message: 'nothing was said of this event' } }
}
