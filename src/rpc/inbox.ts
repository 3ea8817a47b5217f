import type { InboxItem, InboxKind, InboxMark, UnreadChannel } from '../protocol/inbox.ts'
import type { NotificationLevel } from '../protocol/notifications.ts'
import type { ChosenLevel, NewSubscription, PushIdentity } from './push.ts'

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
  text?: string // how it begins, for a notification: it is not kept
  isPrivate?: boolean // the text is of a private circle
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
  /** Keeps a device, or what is new about it; returns its id. */
  subscribe(subscription: NewSubscription): string
  /** Forgets a device. */
  unsubscribe(id: string): void
  /** Keeps of what the owner wants to be told in a channel. */
  setLevel(channel: string, level: NotificationLevel): void
  /** Returns the channels for which the owner has chosen. */
  levels(): ChosenLevel[]
  /** Returns the key pair by which push services know this deployment, or null: this is not the object that keeps it. */
  pushIdentity(): PushIdentity | null
  /** Keeps a key pair, unless there is one; returns the one that counts. */
  keepPushIdentity(made: PushIdentity): PushIdentity
  /** Closes the sockets whose token was issued to this user until `before` (ms). */
  revoke(user: string, before: number): boolean | undefined
}
