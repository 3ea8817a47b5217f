import { z } from 'zod'
import { builtinEvents } from '../../protocol/builtin-events.ts'
import type { ChannelKind } from '../../protocol/channels.ts'
import { nativeEvent } from '../../protocol/dialects/native.ts'
import { eventFrame } from '../../protocol/wire.ts'
import { runCommand } from '../channels/call-channel.ts'
import { endpoint } from '../endpoint.ts'
import { countParam } from '../middleware/validate.ts'

const maxSeq = Number.MAX_SAFE_INTEGER

// Events before a seq, events after one, or the last events.
const historyQuery = z
  .object({
    before: countParam(1, maxSeq).optional(),
    after: countParam(0, maxSeq).optional(),
    limit: countParam(1, 200).optional(),
  })
  .refine(({ before, after }) => before === undefined || after === undefined, 'either before or after')
const eventPage = z
  .object({
    events: z.array(eventFrame(builtinEvents)),
    more: z.boolean(),
    head: z.int().nonnegative(),
    epoch: z.string(),
  })
  .meta({ id: 'EventPage' })

/** `GET /api/circles/:name/events`: a page of a circle's log, as native frames. */
export const circleHistory = historyOf('circle', 'circles', 'A page of a circle’s log')

/** `GET /api/workspaces/:name/events`: a page of a workspace's log, as native frames. */
export const workspaceHistory = historyOf('workspace', 'workspaces', 'A page of a workspace’s log')

/** `GET /api/agents/:name/events`: a page of the log of an agent's activity, as native frames. */
export const agentHistory = historyOf('agent', 'agents', 'A page of what an agent did')

function historyOf<Plural extends string>(kind: ChannelKind, plural: Plural, summary: string) {
  const path = `/api/${plural}/:name/events` as const
  const responses = { 200: eventPage }
  return endpoint({ method: 'get', path, summary, query: historyQuery, responses }, async context => {
    const data = context.req.valid('query')
    const result = await runCommand(context, kind, { type: 'history', id: 'page', data })
    if (result instanceof Response) return result
    const { answer, epoch, head, channel } = result
    if (answer.type !== 'history') throw new Error(`expected history as the response to history, got ${answer.type}`)
    const events = answer.data.events.map(event => nativeEvent(event, channel))
    return context.json({ events, more: answer.data.more, head, epoch }, 200)
  })
}
