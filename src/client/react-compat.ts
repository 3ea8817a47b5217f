'use client'

// `circles-rooms/react` as it is published until 0.2: the hooks, for channels and states that have the names of 0.1 beside the
// present ones. Release 0.2 deletes this file, and react.ts becomes the entry.

import { type ReactNode, useMemo } from 'react'
import type { Channel, ChannelState, CirclesClient, Connection, PendingMessage } from './compat.ts'
import { withOldNames } from './compat-state.ts'
import * as current from './react.ts'

export * from './react.ts'

/** Provides the client to the hooks below it. */
export const CirclesProvider: (props: { client: CirclesClient; children: ReactNode }) => ReactNode =
  current.CirclesProvider

/** The client of the nearest provider. */
export function useCircles(): CirclesClient {
  return current.useCircles() as CirclesClient // the provider of this entry takes no other
}

/** A circle. It is connected while some hook uses its state. */
export function useCircle(name: string): Channel {
  return current.useCircle(name) as Channel // as above
}

/**
 * A part of a channel's state; renders again only when that part changes. `select` must return the same value for the
 * same state, as a property does and a new array does not.
 */
export function useChannel<Part>(channel: Channel, select: (state: ChannelState) => Part): Part {
  return current.useChannel(channel, state => select(withOldNames(state)))
}

/** What `useMessages` returns. */
export type Messages = current.Messages & {
  /** @deprecated Use `pending`. */
  drafts: readonly PendingMessage[]
  /** @deprecated Use `history.older`. */
  older: ChannelState['older']
}

/** The messages and other events of a channel: everything that is loaded, or one thread, its root first. */
export function useMessages(channel: Channel, options?: { thread?: number | null }): Messages {
  const messages = current.useMessages(channel, options)
  return useMemo(() => ({ ...messages, drafts: messages.pending, older: messages.history.older }), [messages])
}

/** The connection in detail. */
export function useConnection(channel: Channel): Connection {
  return useChannel(channel, state => state.connection)
}

/** @deprecated Use `useWebsocket`. */
export const useWebSocket = current.useWebsocket
