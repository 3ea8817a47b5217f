import type { InboxItem, InboxKind, InboxMark, UnreadChannel } from '../protocol/inbox.ts'

/** An event of a circle that is for the owner of an inbox; `at` in ms since the Unix epoch. */
export type InboxEvent = {
  channel: string
  epoch: string
  seq: number
  kind: InboxKind
  at: number
  from: { id: string; name: string }
  root: number | null
  approval?: string
  message?: number // seq of the message, where the event is an edit of it
}

/** What a circle tells an inbox: an event that is for its owner, or that nobody waits for an approval any more. */
export type InboxNews = InboxEvent | { channel: string; closed: string }

/** That the owner of an inbox has been in a channel; `visited: false`: the channel is gone. */
export type InboxVisit = { channel: string; visited: boolean }

/** How many unread items of a channel are in an inbox. */
export type WaitingInChannel = Omit<UnreadChannel, 'messages'>

/** The messages of others that a person has not read in a channel: how many, and the seq of the first. */
export type UnreadMessages = { messages: number; first: number | null }

/** The methods of the object that keeps the inbox of one person. */
export interface InboxRpc {
  /** Accepts the WebSocket of an upgrade that the Worker has authenticated. */
  fetch(request: Request): Promise<Response>
  /** Takes news. What it has been told before changes nothing. */
  deliver(news: InboxNews | InboxVisit): void
  /** Returns items, newest first; `unread`: only those. */
  items(limit: number, unread: boolean): InboxItem[]
  /** Returns the circles with unread items. */
  unread(): WaitingInChannel[]
  /** Returns the channels in which the owner has been, the latest first. */
  visits(limit: number): string[]
  /** Marks items as read, on all devices. */
  markRead(mark: InboxMark): void
  /** Closes the sockets whose token was issued to this user until `before` (ms). */
  revoke(user: string, before: number): boolean | undefined
}
