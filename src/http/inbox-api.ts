import { inboxEndpoint, readEndpoint } from './routes/inbox.ts'
import { notificationEndpoints } from './routes/notifications.ts'
import { unreadEndpoint } from './routes/unread.ts'
import { inboxSocket } from './sockets/inbox-socket.ts'

/** What serves inboxes over HTTP. It is passed in, so that it is in no Worker that has none. */
export const inboxApi = {
  endpoints: () => [unreadEndpoint(), inboxEndpoint(), readEndpoint(), ...notificationEndpoints()],
  socket: inboxSocket,
} as const

/** The type of `inboxApi`. */
export type InboxApi = typeof inboxApi
