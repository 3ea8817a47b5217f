'use client'

import { useMemo, useSyncExternalStore } from 'react'
import { initialState, PlainSocket, type PlainSocketState } from './transport/plain-socket.ts'

/** What `useWebsocket` returns. */
export type WebsocketResult<Message> = PlainSocketState<Message> & {
  isConnected: boolean
  /** Sends text as it is, and anything else as JSON. Returns false if the socket is not open. */
  send(data: unknown): boolean
  /** Closes the socket until `reset`, or until the URL changes. */
  close(): void
  /** Clears `data`, `messages` and `error`; opens the socket again if it is closed. */
  reset(): void
}

/**
 * A bare socket, for the plain dialect and other text protocols. A relative path means the page's origin. It reconnects
 * by itself and promises nothing else; `useCircle` does.
 */
export function useWebsocket<Message = unknown>(url: string): WebsocketResult<Message> {
  const socket = useMemo(() => new PlainSocket<Message>(url), [url])
  const state = useSyncExternalStore<PlainSocketState<Message>>(
    socket.subscribe,
    () => socket.state,
    () => initialState,
  )
  return useMemo(() => {
    const { send, close, reset } = socket
    return { ...state, isConnected: state.readyState === 1, send, close, reset }
  }, [socket, state])
}
