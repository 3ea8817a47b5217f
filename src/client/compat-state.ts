// The fields of a state that 0.1 published, for compat.ts and react-compat.ts. It goes with them in 0.2.

import type { ClientTypes } from './client-types.ts'
import type { PendingMessage } from './outgoing/outbox.ts'
import type { ChannelState as CurrentState, LoadedHistory, StoreState } from './state/state.ts'
import type { Typist } from './state/typing.ts'
import type { Connection as CurrentConnection } from './transport/connection.ts'

/** Everything that is known of a channel, with the fields of 0.1. */
export type ChannelState<Types extends ClientTypes = ClientTypes> = Omit<CurrentState<Types>, 'connection'> & {
  readonly connection: Connection
  /** @deprecated Use `self`. */
  readonly me: CurrentState['self']
  /** @deprecated Use `pending`. */
  readonly drafts: readonly PendingMessage[]
  /** @deprecated Use `history.oldest`. */
  readonly oldest: LoadedHistory['oldest']
  /** @deprecated Use `history.older`. */
  readonly older: LoadedHistory['older']
  /** @deprecated Use `history.trimmed`. */
  readonly trimmed: LoadedHistory['trimmed']
  /** @deprecated Use `typing`. */
  readonly typists: readonly Typist[]
  /** @deprecated Use `readBy`. */
  readonly reads: CurrentState['readBy']
  /** @deprecated Use `lastRead`. */
  readonly read: CurrentState['lastRead']
}

/** The connection of a channel, with the fields of 0.1. */
export type Connection = CurrentConnection & {
  /** @deprecated Use `receivedAt`. */
  readonly heard: number
  /** @deprecated Use `downSince`. */
  readonly down: number | null
  /** @deprecated Use `opaqueRefusal`. */
  readonly doubt: boolean
  /** @deprecated Use `pauseMs`. */
  readonly pause: number
}

/** A state with the fields of 0.1; the same object for the same state, so that comparing states still works. */
export const withOldNames = memoize((state: CurrentState): ChannelState => {
  if ('drafts' in state) return state as ChannelState // it has them
  const { self, pending, history, readBy, lastRead } = state
  const { typists } = state as StoreState // every state comes from the store; only its type says less
  const connection = oldConnectionOf(state.connection)
  return { ...state, ...history, connection, me: self, drafts: pending, typists, reads: readBy, read: lastRead }
})

const oldConnectionOf = memoize((connection: CurrentConnection): Connection => {
  const { receivedAt: heard, downSince: down, opaqueRefusal: doubt, pauseMs: pause } = connection
  return { ...connection, heard, down, doubt, pause }
})

function memoize<Key extends object, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>()
  return key => {
    const value = known.get(key) ?? compute(key)
    known.set(key, value)
    return value
  }
}
