'use client'

// `circles-rooms/react`: hooks for the client of `circles-rooms/client`.

import {
  createContext,
  createElement,
  type ReactNode,
  useCallback,
  useContext,
  useMemo,
  useSyncExternalStore,
} from 'react'
import type { AgentInfo, Member } from '../protocol/frames.ts'
import type { Channel } from './channel.ts'
import type { CirclesClient } from './create-client.ts'
import type { PendingMessage } from './outgoing/outbox.ts'
import { type ChannelState, emptyState } from './state/state.ts'
import type { Entry } from './state/timeline.ts'
import type { Turn } from './state/turns.ts'
import { type Connection, type ConnectionStatus, statusOf } from './transport/connection.ts'

export { useWebsocket, type WebsocketResult } from './use-websocket.ts'

const CirclesContext = createContext<CirclesClient | null>(null)

/** Provides the client to the hooks below it. */
export function CirclesProvider({ client, children }: { client: CirclesClient; children: ReactNode }): ReactNode {
  return createElement(CirclesContext.Provider, { value: client }, children)
}

/** The client of the nearest provider. */
export function useCircles(): CirclesClient {
  const client = useContext(CirclesContext)
  if (client === null)
    throw new Error('useCircle and useCircles need a <CirclesProvider client={createClient(…)}> above them.')
  return client
}

/** A circle. It is connected while some hook uses its state. */
export function useCircle(name: string): Channel {
  const client = useCircles()
  return useMemo(() => client.circle(name), [client, name])
}

/**
 * A part of a channel's state; renders again only when that part changes. `select` must return the same value for the
 * same state, as a property does and a new array does not.
 */
export function useChannel<Part>(channel: Channel, select: (state: ChannelState) => Part): Part {
  const subscribe = useCallback((listener: () => void) => channel.subscribe(listener), [channel])
  return useSyncExternalStore(
    subscribe,
    () => select(channel.state),
    () => select(emptyState), // while a server renders
  )
}

/** What `useMessages` returns. */
export type Messages = {
  entries: readonly Entry[] // oldest first
  pending: readonly PendingMessage[] // our messages that are not in `entries` yet
  history: ChannelState['history'] // how much is loaded
  loadOlder(): Promise<void>
}

/** The messages and other events of a channel: everything that is loaded, or one thread, its root first. */
export function useMessages(channel: Channel, { thread = null }: { thread?: number | null } = {}): Messages {
  const entries = useChannel(channel, state => state.entries)
  const pending = useChannel(channel, state => state.pending)
  const history = useChannel(channel, state => state.history)
  const loadOlder = useCallback(() => channel.loadOlder(), [channel])
  return useMemo(() => {
    if (thread === null) return { entries, pending, history, loadOlder }
    const inThread = entries.filter(({ seq, root }) => seq === thread || root === thread)
    const pendingInThread = pending.filter(({ data }) => data.reply_to === thread)
    return { entries: inThread, pending: pendingInThread, history, loadOlder }
  }, [entries, pending, history, loadOlder, thread])
}

/** The members who are online. Above 200 `members` is empty and only the count is known. */
export function usePresence(channel: Channel): { members: readonly Member[]; count: number } {
  const members = useChannel(channel, state => state.members)
  const count = useChannel(channel, state => state.memberCount)
  return useMemo(() => ({ members, count }), [members, count])
}

/** The other people who are typing, and a function that shows them whether this user is. */
export function useTyping(channel: Channel): { typing: ChannelState['typing']; setTyping(active: boolean): void } {
  const typing = useChannel(channel, state => state.typing)
  const setTyping = useCallback((active: boolean) => channel.setTyping(active), [channel])
  return useMemo(() => ({ typing, setTyping }), [typing, setTyping])
}

/** The agents that can be mentioned in the channel. */
export function useAgents(channel: Channel): readonly AgentInfo[] {
  return useChannel(channel, state => state.agents)
}

/** The agents' turns in progress, with their text so far. */
export function useTurns(channel: Channel): readonly Turn[] {
  return useChannel(channel, state => state.turns)
}

/** The connection in detail. */
export function useConnection(channel: Channel): Connection {
  return useChannel(channel, state => state.connection)
}

/** The connection in one word, such as `connected` or `reconnecting`. */
export function useConnectionStatus(channel: Channel): ConnectionStatus {
  return useChannel(channel, state => statusOf(state.connection))
}

/** The unread messages, and a function that marks them as read. */
export function useUnread(channel: Channel): ChannelState['unread'] & { markRead(seq?: number): void } {
  const unread = useChannel(channel, state => state.unread)
  const markRead = useCallback((seq?: number) => channel.markRead(seq), [channel])
  return useMemo(() => ({ ...unread, markRead }), [unread, markRead])
}
