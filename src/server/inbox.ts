import { inboxApi } from '../http/inbox-api.ts'
import { inboxComponents } from '../rooms/object/inbox-components.ts'

/**
 * Inboxes: pass it to `circles`, which serves them, and to `defineCircle`, whose circles feed them. The Worker exports the
 * class `Inbox` as well.
 */
export const inbox = { api: inboxApi, components: inboxComponents } as const

/** The type of `inbox`. */
export type InboxFeature = typeof inbox
