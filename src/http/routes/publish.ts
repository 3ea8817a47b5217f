import * as z from 'zod/v4'
import { type AuthError, isAuthError } from '../../auth/auth-error.ts'
import type { Caller } from '../../auth/authenticate.ts'
import { authorize } from '../../auth/authorize.ts'
import { anonymousGuest } from '../../auth/guests.ts'
import type { Configured } from '../../auth/policy.ts'
import type { Principal } from '../../auth/principal.ts'
import type { ChannelName } from '../../protocol/channels/channels.ts'
import { describeIssue } from '../../protocol/describe-issue.ts'
import { type BusEvent, type BusResult, busBatch, busResult, EventBus } from '../../protocol/events/bus-events.ts'
import { atLeast } from '../../protocol/roles.ts'
import type { ProtocolTables } from '../../protocol/tables.ts'
import { publisherAs } from '../../queue/channel-publisher.ts'
import { type PublisherAuthority, publishEvents } from '../../queue/publish-events.ts'
import { channelStub } from '../../stubs.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'

/** `POST /api/events`: publishes one event or a list of them, with a result for each. */
export function publishEndpoint(tables: ProtocolTables) {
  const bus = new EventBus(tables)
  return endpoint(
    {
      id: 'publishEvents',
      method: 'post',
      path: '/api/events',
      summary: 'Publish events',
      body: z.union([bus.schema, z.array(bus.schema).max(busBatch)]),
      // The events are checked one by one, so that an invalid one does not fail the others.
      accepts: z.union([z.array(z.unknown()).min(1).max(busBatch), z.looseObject({})]),
      responses: { 200: z.object({ results: z.array(busResult) }) },
    },
    async context => {
      const body = context.req.valid('json')
      const results = await publishValid(bus, Array.isArray(body) ? body : [body], authorityOf(context))
      return context.json({ results }, 200)
    },
  )
}

/** Publishes the valid events; the results are in the order of the values. */
async function publishValid(bus: EventBus, values: unknown[], authority: PublisherAuthority): Promise<BusResult[]> {
  const parsed = values.map(value => bus.schema.safeParse(value))
  const valid = parsed.flatMap(({ data }) => data ?? [])
  const published = await publishEvents(bus, valid, authority)
  return parsed.map((event, index) => {
    const result = event.success ? published.shift() : refuseInvalid(values[index], event.error, bus.schema)
    if (result === undefined) throw new Error('expected a result for every published event, got fewer')
    return result
  })
}

function refuseInvalid(value: unknown, error: z.ZodError<BusEvent>, schema: z.ZodType): BusResult {
  const id = z.object({ id: z.string().max(256) }).safeParse(value).data?.id ?? ''
  return { id, status: 'refused', error: { code: 'invalid', message: describeIssue(error, schema) } }
}

/** The authority of the sender of a request; their rights in each channel are looked up once. */
function authorityOf(context: HttpContext): PublisherAuthority {
  const { policy, caller } = context.var
  const known = new Map<ChannelName, Promise<Principal | AuthError>>()
  const principalIn = (channel: ChannelName): Promise<Principal | AuthError> => {
    const principal = known.get(channel) ?? authorizePublisher(policy, caller, channel)
    known.set(channel, principal)
    return principal
  }
  return {
    publisherFor: async (kind, name) => {
      const principal = await principalIn(`${kind}:${name}`)
      if (isAuthError(principal)) return { refused: { code: principal.denied, message: principal.message } }
      return publisherAs(principal, name, channelStub(context.env, { kind, name }))
    },
    // A token speaks for an agent if it moderates or owns that agent's channel; guests never do.
    mayPublishAs: async agent => {
      const principal = await principalIn(`agent:${agent}`)
      return !isAuthError(principal) && atLeast(principal.role, 'moderator')
    },
  }
}

async function authorizePublisher(
  policy: Configured,
  caller: Caller,
  channel: ChannelName,
): Promise<Principal | AuthError> {
  return caller.by === 'nothing' ? anonymousGuest : authorize(policy, caller, channel)
}
