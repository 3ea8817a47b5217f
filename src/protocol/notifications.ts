import * as z from 'zod/v4'
import { idText } from './text-schema.ts'

/** Of what a person is told in a channel: everything, what is for them, or nothing. */
export const notificationLevels = ['all', 'mentions', 'none'] as const

/** Of what a person is told in a channel. */
export type NotificationLevel = (typeof notificationLevels)[number]

/** Makes the schemas of notifications. A function, so that they are in no Worker without them. */
export function notificationSchemas() {
  const level = z.strictObject({ channel: idText().min(1).max(200), level: z.enum(notificationLevels) })
  const settings = z
    .object({
      public_key: z.string(), // of the deployment, for `pushManager.subscribe`
      levels: z.array(z.object({ channel: z.string(), level: z.enum(notificationLevels) })),
    })
    .meta({ id: 'NotificationSettings', description: 'What a page needs for notifications.' })
  const p256dh = z.string().regex(/^[A-Za-z0-9_-]{87}=?$/)
  const auth = z.string().regex(/^[A-Za-z0-9_-]{22}={0,2}$/)
  const subscription = z.strictObject({
    endpoint: idText().min(1).max(2_000),
    keys: z.strictObject({ p256dh, auth }),
    private_texts: z.boolean().default(false),
  })
  return { level, settings, subscription }
}
