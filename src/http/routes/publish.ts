import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { type AuthError, isAuthError } from '../../auth/auth-error.ts'
import { type Caller, missingCredentials } from '../../auth/authenticate.ts'
import { authorize } from '../../auth/authorize.ts'
import { anonymousGuest } from '../../auth/guests.ts'
import type { Principal } from '../../auth/principal.ts'
import { refuseRevokedToken } from '../../deployment/tokens/clients.ts'
import { type BusEvent, type BusResult, busBatch, busEvent } from '../../protocol/bus-events.ts'
import type { ChannelName } from '../../protocol/channels.ts'
import { atLeast } from '../../protocol/roles.ts'
import { publisherAs } from '../../queue/channel-publisher.ts'
import { type PublisherAuthority, publishEvents } from '../../queue/publish-events.ts'
import { channelStub } from '../../stubs.ts'
import type { HttpEnv } from '../context.ts'
import { methodNotAllowed } from '../errors.ts'
import { authenticateRequest, readCredentials } from '../middleware/request-guard.ts'
import { describeIssue, validatedBody } from '../middleware/validate.ts'

// The events are looked at one by one, so that a bad one does not fail the others.
const someEvents = z.union([z.array(z.unknown()).min(1).max(busBatch), z.record(z.string(), z.unknown())])

/** `POST /api/events`: one event or a list, a result for each. */
export const publishRoutes = new Hono<HttpEnv>()
  .post('/', validatedBody(someEvents), async context => {
    const caller = await authenticateRequest(context.var.policy, readCredentials(context.req.raw), Date.now())
    if (caller instanceof Response) return caller
    const given = context.req.valid('json')
    const results = await tellAll(Array.isArray(given) ? given : [given], tellerOf(context, caller))
    return context.json({ results }, 200)
  })
  .all('/', () => methodNotAllowed('POST'))

async function tellAll(given: unknown[], teller: PublisherAuthority): Promise<BusResult[]> {
  const read = given.map(value => busEvent.safeParse(value))
  const told = await publishEvents(
    read.flatMap(({ data }) => data ?? []),
    teller,
  )
  return read.map((event, index) => {
    const result = event.success ? told.shift() : badEvent(given[index], event.error)
    if (result === undefined) throw new Error('every event that was told has a result')
    return result
  })
}

function badEvent(value: unknown, error: z.ZodError<BusEvent>): BusResult {
  const id = z.object({ id: z.string().max(256) }).safeParse(value).data?.id ?? ''
  return { id, status: 'refused', error: { code: 'invalid', message: describeIssue(error) } }
}

/** Whoever sends the request, as a teller: their rights in each channel are looked up once. */
function tellerOf(context: Context<HttpEnv>, caller: Caller): PublisherAuthority {
  const { policy } = context.var
  const rightsOf = async (caller: Exclude<Caller, { by: 'nothing' }>, channel: ChannelName) => {
    const principal = await authorize(policy, caller, channel)
    return isAuthError(principal)
      ? principal
      : ((await refuseRevokedToken(context.env, principal, channel)) ?? principal)
  }
  const rights = new Map<ChannelName, Promise<Principal | AuthError>>()
  const rightsIn = (channel: ChannelName): Promise<Principal | AuthError> => {
    const known = rights.get(channel)
    if (known !== undefined) return known
    const asked =
      caller.by === 'nothing'
        ? Promise.resolve(policy.kind === 'open' ? anonymousGuest : missingCredentials)
        : rightsOf(caller, channel)
    rights.set(channel, asked)
    return asked
  }
  return {
    publisherFor: async (kind, name) => {
      const principal = await rightsIn(`${kind}:${name}`)
      if (isAuthError(principal)) return { refused: { code: principal.denied, message: principal.message } }
      return publisherAs(principal, name, channelStub(context.env, { kind, name }))
    },
    // A token speaks for an agent if it moderates or owns that agent's channel; no guest does.
    mayPublishAs: async agent => {
      const principal = await rightsIn(`agent:${agent}`)
      return !isAuthError(principal) && atLeast(principal.role, 'moderator')
    },
  }
}
