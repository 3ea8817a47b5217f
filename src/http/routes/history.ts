import * as z from 'zod/v4'
import type { ChannelKindDefinition } from '../../protocol/channels/channel-kinds.ts'
import { nativeEvent } from '../../protocol/dialects/native.ts'
import type { ProtocolTables } from '../../protocol/tables.ts'
import { eventFrame } from '../../protocol/wire.ts'
import { runCommand } from '../channels/call-channel.ts'
import { capitalized, endpoint } from '../endpoint.ts'
import { countParam } from '../middleware/validate.ts'

const maxSeq = Number.MAX_SAFE_INTEGER

// Events before a seq, events after one, or the last events.
const historyQuery = z
  .object({
    before: countParam(1, maxSeq).optional(),
    after: countParam(0, maxSeq).optional(),
    limit: countParam(1, 200).optional(),
  })
  .refine(({ before, after }) => before === undefined || after === undefined, 'takes either `before` or `after`')

/** `GET /api/<kinds>/:name/events`: a page of the log of a channel, as native frames; an endpoint for each kind. */
export function historyEndpoints({ kinds, events }: ProtocolTables) {
  const page = z
    .object({ events: z.array(eventFrame(events)), more: z.boolean(), head: z.int().nonnegative(), epoch: z.string() })
    .meta({ id: 'EventPage' })
  return [...kinds.values()].filter(({ hasLog }) => hasLog).map(kind => historyEndpoint(kind, page))
}

function historyEndpoint({ kind, plural, docs }: ChannelKindDefinition, page: z.ZodType) {
  const path = `/api/${plural}/:name/events` as const
  const operation = {
    id: `list${capitalized(kind)}Events`,
    method: 'get',
    path,
    summary: `List the events of ${docs.noun}`,
    description: 'Native frames, oldest first: the last ones, or those after or before a seq, but not both.',
    query: historyQuery,
    responses: { 200: page },
  } as const
  return endpoint(operation, async context => {
    const data = context.req.valid('query')
    const result = await runCommand(context, kind, { type: 'history', id: 'page', data })
    if (result instanceof Response) return result
    const { answer, epoch, head, channel } = result
    if (answer.type !== 'history') throw new Error(`expected history as the response to history, got ${answer.type}`)
    const events = answer.data.events.map(event => nativeEvent(event, channel))
    return context.json({ events, more: answer.data.more, head, epoch }, 200)
  })
}
