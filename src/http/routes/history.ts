import { Hono } from 'hono'
import { z } from 'zod'
import type { ChannelKind } from '../../protocol/channels.ts'
import { nativeEvent } from '../../protocol/dialects/native.ts'
import { runCommand } from '../channels/call-channel.ts'
import type { HttpEnv } from '../context.ts'
import { methodNotAllowed } from '../errors.ts'
import { countParam, validatedQuery } from '../middleware/validate.ts'

const seqs = Number.MAX_SAFE_INTEGER

/** Before a seq, after a seq, or the last ones. */
export const historyQuery = z
  .object({
    before: countParam(1, seqs).optional(),
    after: countParam(0, seqs).optional(),
    limit: countParam(1, 200).optional(),
  })
  .refine(({ before, after }) => before === undefined || after === undefined, 'either before or after')

/** `GET …/events?after=&before=&limit=`: a page of a channel's log, its events as native frames. */
export function historyOf(kind: ChannelKind) {
  return new Hono<HttpEnv>()
    .get('/', validatedQuery(historyQuery), async context => {
      const page = context.req.valid('query')
      const asked = await runCommand(context, kind, { type: 'history', id: 'page', data: page })
      if (asked instanceof Response) return asked
      const { answer, epoch, head, channel } = asked
      if (answer.type !== 'history') throw new Error(`history is answered by history, not by ${answer.type}`)
      const events = answer.data.events.map(event => nativeEvent(event, channel))
      return context.json({ events, more: answer.data.more, head, epoch }, 200)
    })
    .all('/', () => methodNotAllowed('GET'))
}
