import * as z from 'zod/v4'
import { pushIdentityOf } from '../../deployment/push/push-identity.ts'
import { validatePublicUrl } from '../../lib/public-url.ts'
import { notificationSchemas } from '../../protocol/notifications.ts'
import type { HttpContext } from '../context.ts'
import { endpoint } from '../endpoint.ts'
import { failure } from '../errors.ts'
import { inboxOf } from './inbox.ts'

const deviceId = /^[0-9a-f]{32}$/

/** `/api/me/notifications` and `/api/me/devices`: of what a person is told, and where while no page is open. */
export const notificationEndpoints = () => {
  const { settings, level, subscription } = notificationSchemas()
  return [
    endpoint(
      {
        id: 'getNotificationSettings',
        method: 'get',
        path: '/api/me/notifications',
        summary: 'Get the settings of your notifications',
        description:
          'The public key of this deployment, for `pushManager.subscribe`, and the channels for which you have chosen; in all others you are told of what is for you.',
        responses: { 200: settings },
      },
      async context => {
        const inbox = inboxOf(context)
        if (inbox instanceof Response) return inbox
        const [{ publicKey }, levels] = await Promise.all([pushIdentityOf(context.env), inbox.levels()])
        return context.json({ public_key: publicKey, levels }, 200)
      },
    ),
    endpoint(
      {
        id: 'setNotificationLevel',
        method: 'patch',
        path: '/api/me/notifications',
        summary: 'Choose of what you are told in a channel',
        description:
          '`all`, `mentions` (what is for you: also replies in your threads, private messages, requests for approval and failed turns) or `none`. `all` is told while a page is open; a push is sent for what is for you.',
        body: level,
        responses: { 204: 'It is kept.' },
      },
      async context => {
        const inbox = inboxOf(context)
        if (inbox instanceof Response) return inbox
        const { channel, level } = context.req.valid('json')
        await inbox.setLevel(channel, level)
        return context.body(null, 204)
      },
    ),
    endpoint(
      {
        id: 'addDevice',
        method: 'post',
        path: '/api/me/devices',
        summary: 'Subscribe a device',
        description:
          'With what `pushManager.subscribe` returns (Web Push). It is told of what is for you while no page of yours is open; without the texts of private circles, unless `private_texts` is true. At most 20 are kept.',
        body: subscription,
        responses: { 201: z.object({ id: z.string() }) },
      },
      async context => {
        const inbox = inboxOf(context)
        if (inbox instanceof Response) return inbox
        const { endpoint, keys, private_texts: texts } = context.req.valid('json')
        const problem = validatePublicUrl(endpoint, context.env.WEBHOOKS_LOOPBACK === 'allow')
        if (problem !== null) return failure('invalid', `\`endpoint\`: ${problem}.`)
        const id = await inbox.subscribe({ endpoint, ...keys, texts, contact: contactOf(context) })
        return context.json({ id }, 201)
      },
    ),
    endpoint(
      {
        id: 'removeDevice',
        method: 'delete',
        path: '/api/me/devices/:device',
        summary: 'Forget a device',
        description: 'By the id that subscribing returned.',
        responses: { 204: 'It is told of nothing more.' },
      },
      async context => {
        const inbox = inboxOf(context)
        if (inbox instanceof Response) return inbox
        const id = context.req.param('device')
        if (deviceId.test(id)) await inbox.unsubscribe(id)
        return context.body(null, 204)
      },
    ),
  ]
}

/** Where a push service reaches those who run this deployment: it takes addresses of https only. */
const contactOf = ({ req }: HttpContext): string => `https://${new URL(req.url).host}`
