'use client'

// `circles-rooms/react`: hooks for the client of `circles-rooms/client`.

import { createContext, createElement, type ReactNode, useCallback, useContext, useMemo } from 'react'
import type { AgentInfo } from '../protocol/frames.ts'
import type { Channel } from './channel.ts'
import type { ClientTypes, MemberIn } from './client-types.ts'
import type { CirclesClient, ClientOf } from './create-client.ts'
import type { PendingMessage } from './outgoing/outbox.ts'
import type { ChannelState } from './state/state.ts'
import type { Entry } from './state/timeline.ts'
import type { Turn } from './state/turns.ts'
import { type Connection, type ConnectionStatus, statusOf } from './transport/connection.ts'
import { useChannel } from './use-channel.ts'

export { Cursors, type CursorsProps, type Point } from './cursors.ts'
export { useMyPresence, useOthers, useSelf, useSignal } from './use-presence.ts'
export { useWebsocket, type WebsocketResult } from './use-websocket.ts'
export { useChannel }

type AnyClient = ClientOf<{ readonly name: string }> // whatever its types are

const CirclesContext = createContext<AnyClient | null>(null)

/** Provides the client to the hooks below it. */
export function CirclesProvider({ client, children }: { client: AnyClient; children: ReactNode }): ReactNode {
  return createElement(CirclesContext.Provider, { value: client }, children)
}

/** The client of the nearest provider; `Types` are those of the application, as for `createClient`. */
export function useCircles<Types extends ClientTypes = ClientTypes>(): CirclesClient<Types> {
  const client = useContext(CirclesContext)
  if (client === null)
    throw new Error('useCircle and useCircles need a <CirclesProvider client={createClient(…)}> above them.')
  return client as CirclesClient<Types>
}

/** A circle. It is connected while some hook uses its state. */
export function useCircle<Types extends ClientTypes = ClientTypes>(name: string): Channel<Types> {
  const client = useCircles<Types>()
  return useMemo(() => client.circle(name), [client, name])
}

/** What `useMessages` returns. */
export type Messages<Types extends ClientTypes = ClientTypes> = {
  entries: readonly Entry<Types>[] // oldest first
  pending: readonly PendingMessage[] // our messages that are not in `entries` yet
  history: ChannelState['history'] // how much is loaded
  loadOlder(): Promise<void>
}

/** The messages and other events of a channel: everything that is loaded, or one thread, its root first. */
export function useMessages<Types extends ClientTypes>(
  channel: Channel<Types>,
  { thread = null }: { thread?: number | null } = {},
): Messages<Types> {
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
export function usePresence<Types extends ClientTypes>(
  channel: Channel<Types>,
): { members: readonly MemberIn<Types>[]; count: number } {
  const members = useChannel(channel, state => state.members)
  const count = useChannel(channel, state => state.memberCount)
  return useMemo(() => ({ members, count }), [members, count])
}

/** The other people who are typing, and a function that shows them whether this user is. */
export function useTyping<Types extends ClientTypes>(
  channel: Channel<Types>,
): { typing: ChannelState['typing']; setTyping(active: boolean): void } {
  const typing = useChannel(channel, state => state.typing)
  const setTyping = useCallback((active: boolean) => channel.setTyping(active), [channel])
  return useMemo(() => ({ typing, setTyping }), [typing, setTyping])
}

/** The agents that can be mentioned in the channel. */
export function useAgents<Types extends ClientTypes>(channel: Channel<Types>): readonly AgentInfo[] {
  return useChannel(channel, state => state.agents)
}

/** The agents' turns in progress, with their text so far. */
export function useTurns<Types extends ClientTypes>(channel: Channel<Types>): readonly Turn[] {
  return useChannel(channel, state => state.turns)
}

/** The connection in detail. */
export function useConnection<Types extends ClientTypes>(channel: Channel<Types>): Connection {
  return useChannel(channel, state => state.connection)
}

/** The connection in one word, such as `connected` or `reconnecting`. */
export function useConnectionStatus<Types extends ClientTypes>(channel: Channel<Types>): ConnectionStatus {
  return useChannel(channel, state => statusOf(state.connection))
}

/** The unread messages, and a function that marks them as read. */
export function useUnread<Types extends ClientTypes>(
  channel: Channel<Types>,
): ChannelState['unread'] & { markRead(seq?: number): void } {
  const unread = useChannel(channel, state => state.unread)
  const markRead = useCallback((seq?: number) => channel.markRead(seq), [channel])
  return useMemo(() => ({ ...unread, markRead }), [unread, markRead])
}
