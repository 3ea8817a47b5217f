import { Hono } from 'hono'
import type { ChannelKind } from '../protocol/channels.ts'
import { call, type Http } from './api.ts'
import { methodNotAllowed } from './errors.ts'
import { serveIn } from './serve.ts'

/** `/api/<kinds>/:name/cost`: what a channel has counted of what is billed, and what that comes to. Owners only. */
export const costOf = (kind: ChannelKind) =>
  new Hono<Http>()
    .get('/', async context => {
      const served = await serveIn<'cost'>(await call(context, kind), { do: 'cost' })
      return served instanceof Response ? served : context.json(served.value, 200)
    })
    .all('/', () => methodNotAllowed('GET'))
