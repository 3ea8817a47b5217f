'use client'
import { useCallback, useSyncExternalStore } from 'react'
import type { Channel } from './channel.ts'
import type { ClientTypes } from './client-types.ts'
import { type ChannelState, emptyState } from './state/state.ts'

/**
 * A part of a channel's state; renders again only when that part changes. `select` must return the same value for the
 * same state, as a property does and a new array does not.
 */
export function useChannel<Part, Types extends ClientTypes = ClientTypes>(
  channel: Channel<Types>,
  select: (state: ChannelState<Types>) => Part,
): Part {
  const subscribe = useCallback((listener: () => void) => channel.subscribe(listener), [channel])
  return useSyncExternalStore(
    subscribe,
    () => select(channel.state),
    () => select(emptyState as ChannelState as ChannelState<Types>), // while a server renders
  )
}
