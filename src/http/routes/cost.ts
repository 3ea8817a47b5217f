import { Hono } from 'hono'
import type { ChannelKind } from '../../protocol/channels.ts'
import { callAdminIn } from '../channels/admin-call.ts'
import { openChannel } from '../channels/call-channel.ts'
import type { HttpEnv } from '../context.ts'
import { methodNotAllowed } from '../errors.ts'

/** `/api/<kinds>/:name/cost`: what a channel has counted of what is billed, and what that comes to. Owners only. */
export const costRoutes = (kind: ChannelKind) =>
  new Hono<HttpEnv>()
    .get('/', async context => {
      const served = await callAdminIn<'cost'>(await openChannel(context, kind), { do: 'cost' })
      return served instanceof Response ? served : context.json(served.value, 200)
    })
    .all('/', () => methodNotAllowed('GET'))
