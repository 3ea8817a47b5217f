import { type Context, Hono } from 'hono'
import type { Env } from '../../env.ts'
import { validatePublicUrl } from '../../lib/public-url.ts'
import { newWebhook, redelivery, webhookChange } from '../../protocol/webhooks.ts'
import type { AdminRequestOf } from '../../rpc/channel.ts'
import { callAdmin } from '../channels/admin-call.ts'
import type { HttpEnv } from '../context.ts'
import { type Failure, failure, methodNotAllowed } from '../errors.ts'
import { validatedBody } from '../middleware/validate.ts'

/** `/api/circles/:name/webhooks`: where a circle's events are sent. */
export const webhooks = new Hono<HttpEnv>()
  .get('/', async context => {
    const tended = await tend(context, { do: 'list' })
    if (tended instanceof Response) return tended
    return context.json({ webhooks: 'webhooks' in tended.value ? tended.value.webhooks : [] }, 200)
  })
  .post('/', validatedBody(newWebhook), async context => {
    const { url, events, secret = newSecret() } = context.req.valid('json')
    const bad = badUrl(context.env, url)
    if (bad !== null) return bad
    const tended = await tendOne(context, { do: 'make', url, events, secret })
    return tended instanceof Response ? tended : context.json({ ...tended, secret }, 201)
  })
  .all('/', () => methodNotAllowed('GET', 'POST'))
  .patch('/:id', validatedBody(webhookChange), async context => {
    const change = context.req.valid('json')
    const bad = change.url === undefined ? null : badUrl(context.env, change.url)
    if (bad !== null) return bad
    const tended = await tendOne(context, { do: 'change', id: context.req.param('id'), change })
    return tended instanceof Response ? tended : context.json(tended, 200)
  })
  .delete('/:id', async context => {
    const tended = await tendOne(context, { do: 'remove', id: context.req.param('id') })
    return tended instanceof Response ? tended : context.body(null, 204)
  })
  .all('/:id', () => methodNotAllowed('PATCH', 'DELETE'))
  .post('/:id/redeliver', validatedBody(redelivery), async context => {
    const { seq } = context.req.valid('json')
    const tended = await tendOne(context, { do: 'again', id: context.req.param('id'), seq })
    return tended instanceof Response ? tended : context.json(tended, 202)
  })
  .all('/:id/redeliver', () => methodNotAllowed('POST'))

type Act = AdminRequestOf<'webhooks'>['act']

function tend(context: Context<HttpEnv>, act: Act) {
  return callAdmin<'webhooks'>(context, { do: 'webhooks', act })
}

async function tendOne(context: Context<HttpEnv>, act: Act) {
  const tended = await tend(context, act)
  if (tended instanceof Response) return tended
  if (!('webhook' in tended.value)) throw new Error(`${act.do} is answered by one webhook`)
  return tended.value.webhook
}

function badUrl(env: Env, url: string): Failure | null {
  const objection = validatePublicUrl(url, env.WEBHOOKS_LOOPBACK === 'allow')
  return objection === null ? null : failure('invalid', `\`url\`: ${objection}.`)
}

function newSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}
