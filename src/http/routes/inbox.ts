import * as z from 'zod/v4'
import { missingCredentials } from '../../auth/authenticate.ts'
import { inboxSchemas } from '../../protocol/inbox.ts'
import { type InboxStub, inboxStub } from '../../stubs.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { authFailure, type Failure, failure } from '../errors.ts'
import { countParam } from '../middleware/validate.ts'

/** The refusal of a deployment that has no inboxes. */
export const noInboxHere = (): Failure => failure('not_implemented', 'This deployment has no inboxes: bind INBOXES.')

/** The refusal of a guest: a guest's name is anybody's. */
export const noInboxOfGuests = (): Failure => failure('forbidden', 'Guests have no inbox.')

/** `GET /api/me/inbox`: the items of the caller's inbox. */
export const inboxEndpoint = () =>
  endpoint(
    {
      id: 'listInbox',
      method: 'get',
      path: '/api/me/inbox',
      summary: 'List your inbox',
      description:
        'Newest first, without texts: those are in the circles, for whoever may read there. At most 1,000 are kept.',
      query: z.object({ limit: countParam(1, 200).default(50), unread: z.enum(['true', 'false']).default('false') }),
      responses: { 200: z.object({ items: z.array(inboxSchemas().item) }) },
    },
    async context => {
      const stub = inboxOf(context)
      const { limit, unread } = context.req.valid('query')
      return stub instanceof Response ? stub : context.json({ items: await stub.items(limit, unread === 'true') }, 200)
    },
  )

/** `POST /api/me/read`: marks items of one circle as read. */
export const readEndpoint = () =>
  endpoint(
    {
      id: 'markInboxRead',
      method: 'post',
      path: '/api/me/read',
      summary: 'Mark items of your inbox as read',
      description:
        'Those up to `seq` that are in no thread, with `root` in that one, or with `only` the one at `seq`. A request for approval waits until it is decided.',
      body: inboxSchemas().mark,
      responses: { 204: 'They are read, on all devices.' },
    },
    async context => {
      const stub = inboxOf(context)
      if (stub instanceof Response) return stub
      await stub.markRead(context.req.valid('json'))
      return context.body(null, 204)
    },
  )

/** The inbox of the caller, or why there is none. */
export function inboxOf(context: HttpContext): InboxStub | Failure {
  const { caller } = context.var
  if (caller.by === 'nothing') return authFailure(missingCredentials)
  if (caller.by === 'name') return noInboxOfGuests()
  if (caller.by === 'ticket') return failure('forbidden', 'A ticket opens one socket.')
  return inboxStub(context.env, caller.claims.id) ?? noInboxHere()
}
