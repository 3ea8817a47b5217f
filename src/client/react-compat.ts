'use client'

// `circles-rooms/react` as it is published until 0.2: the hooks, for channels and states that have the names of 0.1 beside the
// present ones. Release 0.2 deletes this file, and react.ts becomes the entry.

import { type ReactNode, useMemo } from 'react'
import type { ClientTypes } from './client-types.ts'
import type { Channel, ChannelState, CirclesClient, Connection, PendingMessage } from './compat.ts'
import { withOldNames } from './compat-state.ts'
import type { ClientOf } from './create-client.ts'
import * as current from './react.ts'
import type { ChannelState as CurrentState } from './state/state.ts'

// By name: a module for the browser that exports everything of another one is refused by Next.
export {
  Cursors,
  type CursorsProps,
  type Point,
  useAgents,
  useConnectionStatus,
  useMyPresence,
  useOthers,
  usePresence,
  useSelf,
  useSignal,
  useTurns,
  useTyping,
  useUnread,
  useWebsocket,
  type WebsocketResult,
} from './react.ts'
export type { PlainSocketState } from './transport/plain-socket.ts'

/** The client of any application, whatever its types are. */
export type AnyClient = ClientOf<{ readonly name: string }> & Pick<CirclesClient, 'close'>

/** Provides the client to the hooks below it. */
export const CirclesProvider: (props: { client: AnyClient; children: ReactNode }) => ReactNode = current.CirclesProvider

/** The client of the nearest provider. */
export function useCircles<Types extends ClientTypes = ClientTypes>(): CirclesClient<Types> {
  return current.useCircles<Types>() as CirclesClient<Types> // the provider of this entry takes no other
}

/** A circle. It is connected while some hook uses its state. */
export function useCircle<Types extends ClientTypes = ClientTypes>(name: string): Channel<Types> {
  return current.useCircle<Types>(name) as Channel<Types> // as above
}

/**
 * A part of a channel's state; renders again only when that part changes. `select` must return the same value for the
 * same state, as a property does and a new array does not.
 */
export function useChannel<Part, Types extends ClientTypes = ClientTypes>(
  channel: Channel<Types>,
  select: (state: ChannelState<Types>) => Part,
): Part {
  return current.useChannel<Part, Types>(channel, state =>
    select(withOldNames(state as CurrentState) as ChannelState<Types>),
  )
}

/** What `useMessages` returns. */
export type Messages<Types extends ClientTypes = ClientTypes> = current.Messages<Types> & {
  /** @deprecated Use `pending`. */
  drafts: readonly PendingMessage[]
  /** @deprecated Use `history.older`. */
  older: ChannelState['older']
}

/** The messages and other events of a channel: everything that is loaded, or one thread, its root first. */
export function useMessages<Types extends ClientTypes>(
  channel: Channel<Types>,
  options?: { thread?: number | null },
): Messages<Types> {
  const messages = current.useMessages(channel, options)
  return useMemo(() => ({ ...messages, drafts: messages.pending, older: messages.history.older }), [messages])
}

/** The connection in detail. */
export function useConnection<Types extends ClientTypes>(channel: Channel<Types>): Connection {
  return useChannel(channel, state => state.connection)
}

/** @deprecated Use `useWebsocket`. */
export const useWebSocket = current.useWebsocket
