import * as z from 'zod/v4'
import type { Env } from '../../env.ts'
import { validatePublicUrl } from '../../lib/public-url.ts'
import type { EventRegistry } from '../../protocol/events/event-registry.ts'
import { newWebhookSecret } from '../../protocol/webhook-signature.ts'
import { redelivery, webhookSchemas } from '../../protocol/webhooks.ts'
import type { AdminRequestOf } from '../../rpc/channel.ts'
import { callAdmin } from '../channels/admin-call.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { type Failure, failure } from '../errors.ts'

/** The endpoints of webhooks, which can ask for these events. */
export function webhookEndpoints(events: EventRegistry) {
  const schemas = webhookSchemas(events)
  const webhook = schemas.webhook.meta({ id: 'Webhook' })
  return [
    listWebhooks(webhook),
    createWebhook(schemas),
    changeWebhook(webhook, schemas),
    removeWebhook,
    redeliverEvent(webhook),
  ]
}

type Schemas = ReturnType<typeof webhookSchemas>

/** `GET /api/circles/:name/webhooks`: the webhooks of a circle. */
const listWebhooks = (webhook: Schemas['webhook']) =>
  endpoint(
    {
      id: 'listWebhooks',
      method: 'get',
      path: '/api/circles/:name/webhooks',
      summary: 'List the webhooks of a circle',
      responses: { 200: z.object({ webhooks: z.array(webhook) }) },
    },
    async context => {
      const result = await manage(context, { do: 'list' })
      if (result instanceof Response) return result
      return context.json({ webhooks: 'webhooks' in result.value ? result.value.webhooks : [] }, 200)
    },
  )

/** `POST /api/circles/:name/webhooks`: creates a webhook; only this response shows its secret. */
const createWebhook = ({ newWebhook, webhook }: Schemas) =>
  endpoint(
    {
      id: 'createWebhook',
      method: 'post',
      path: '/api/circles/:name/webhooks',
      summary: 'Create a webhook',
      body: newWebhook,
      responses: { 201: webhook.extend({ secret: z.string() }) },
    },
    async context => {
      const { url, events, secret = newWebhookSecret() } = context.req.valid('json')
      const refusal = refuseUrl(context.env, url)
      if (refusal !== null) return refusal
      const created = await manageOne(context, { do: 'make', url, events, secret })
      return created instanceof Response ? created : context.json({ ...created, secret }, 201)
    },
  )

/** `PATCH /api/circles/:name/webhooks/:id`: changes a webhook, or enables it again. */
const changeWebhook = (webhook: Schemas['webhook'], { webhookChange }: Schemas) =>
  endpoint(
    {
      id: 'updateWebhook',
      method: 'patch',
      path: '/api/circles/:name/webhooks/:id',
      summary: 'Change a webhook',
      body: webhookChange,
      responses: { 200: webhook },
    },
    async context => {
      const change = context.req.valid('json')
      const refusal = change.url === undefined ? null : refuseUrl(context.env, change.url)
      if (refusal !== null) return refusal
      const changed = await manageOne(context, { do: 'change', id: context.req.param('id'), change })
      return changed instanceof Response ? changed : context.json(changed, 200)
    },
  )

/** `DELETE /api/circles/:name/webhooks/:id`: removes a webhook. */
const removeWebhook = endpoint(
  {
    id: 'deleteWebhook',
    method: 'delete',
    path: '/api/circles/:name/webhooks/:id',
    summary: 'Remove a webhook',
    responses: { 204: 'Nothing more is sent.' },
  },
  async context => {
    const removed = await manageOne(context, { do: 'remove', id: context.req.param('id') })
    return removed instanceof Response ? removed : context.body(null, 204)
  },
)

/** `POST /api/circles/:name/webhooks/:id/redeliver`: queues one event for delivery again. */
const redeliverEvent = (webhook: Schemas['webhook']) =>
  endpoint(
    {
      id: 'redeliverEvent',
      method: 'post',
      path: '/api/circles/:name/webhooks/:id/redeliver',
      summary: 'Deliver one event again',
      body: redelivery,
      responses: { 202: webhook },
    },
    async context => {
      const { seq } = context.req.valid('json')
      const queued = await manageOne(context, { do: 'again', id: context.req.param('id'), seq })
      return queued instanceof Response ? queued : context.json(queued, 202)
    },
  )

type WebhookAct = AdminRequestOf<'webhooks'>['act']

function manage(context: HttpContext, act: WebhookAct) {
  return callAdmin<'webhooks'>(context, { do: 'webhooks', act })
}

async function manageOne(context: HttpContext, act: WebhookAct) {
  const result = await manage(context, act)
  if (result instanceof Response) return result
  if (!('webhook' in result.value)) throw new Error(`expected one webhook as the result of ${act.do}, got a list`)
  return result.value.webhook
}

function refuseUrl(env: Env, url: string): Failure | null {
  const problem = validatePublicUrl(url, env.WEBHOOKS_LOOPBACK === 'allow')
  return problem === null ? null : failure('invalid', `\`url\`: ${problem}.`)
}
