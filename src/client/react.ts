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
import type { Channel, ChannelState, CirclesClient, Connection, Entry, PendingMessage, Turn } from './client.ts'
import { emptyState } from './state/state.ts'

export { useWebSocket } from './use-web-socket.ts'

const CirclesContext = createContext<CirclesClient | null>(null)

/** Gives the client to the hooks below it. */
export function CirclesProvider({ client, children }: { client: CirclesClient; children: ReactNode }): ReactNode {
  return createElement(CirclesContext.Provider, { value: client }, children)
}

/** The client of the nearest provider. */
export function useCircles(): CirclesClient {
  const client = useContext(CirclesContext)
  if (client === null)
    throw new Error('useCircle and useCircles need a <CirclesProvider client={connect(…)}> above them')
  return client
}

/** A circle; it is connected as long as some hook uses what it knows. */
export function useCircle(name: string): Channel {
  const client = useCircles()
  return useMemo(() => client.circle(name), [client, name])
}

/**
 * One part of what a channel knows; renders again only when that part changes. `select` must give the same value for
 * the same state, as a property does and a fresh array does not.
 */
export function useChannel<Part>(channel: Channel, select: (state: ChannelState) => Part): Part {
  const subscribe = useCallback((listener: () => void) => channel.subscribe(listener), [channel])
  return useSyncExternalStore(
    subscribe,
    () => select(channel.state),
    () => select(emptyState), // nothing is known while a server renders
  )
}

export type Messages = {
  entries: readonly Entry[] // oldest first
  pending: readonly PendingMessage[] // ours that are not in the log yet
  history: ChannelState['history']
  loadOlder(): Promise<void>
}

/** The lines of a channel: all that is loaded, or those of one thread, its root first. */
export function useMessages(channel: Channel, { thread = null }: { thread?: number | null } = {}): Messages {
  const entries = useChannel(channel, state => state.entries)
  const pending = useChannel(channel, state => state.pending)
  const history = useChannel(channel, state => state.history)
  const loadOlder = useCallback(() => channel.loadOlder(), [channel])
  return useMemo(() => {
    if (thread === null) return { entries, pending, history, loadOlder }
    const inThread = entries.filter(({ seq, root }) => seq === thread || root === thread)
    return { entries: inThread, pending: pending.filter(({ data }) => data.reply_to === thread), history, loadOlder }
  }, [entries, pending, history, loadOlder, thread])
}

/** Who is here. Above 200 people `members` is empty and only the count is known. */
export function usePresence(channel: Channel): { members: readonly Member[]; count: number } {
  const members = useChannel(channel, state => state.members)
  const count = useChannel(channel, state => state.memberCount)
  return useMemo(() => ({ members, count }), [members, count])
}

/** Who else is typing, and how to say that we are. */
export function useTyping(channel: Channel): { typing: ChannelState['typing']; setTyping(active: boolean): void } {
  const typing = useChannel(channel, state => state.typing)
  const setTyping = useCallback((active: boolean) => channel.setTyping(active), [channel])
  return useMemo(() => ({ typing, setTyping }), [typing, setTyping])
}

/** The agents that can be asked here. */
export function useAgents(channel: Channel): readonly AgentInfo[] {
  return useChannel(channel, state => state.agents)
}

/** The agents' turns in flight, with their text so far. */
export function useTurns(channel: Channel): readonly Turn[] {
  return useChannel(channel, state => state.turns)
}

/** How the connection stands. */
export function useConnection(channel: Channel): Connection {
  return useChannel(channel, state => state.connection)
}

/** What was said since we last looked, and how to say that we have looked. */
export function useUnread(channel: Channel): ChannelState['unread'] & { markRead(seq?: number): void } {
  const unread = useChannel(channel, state => state.unread)
  const markRead = useCallback((seq?: number) => channel.markRead(seq), [channel])
  return useMemo(() => ({ ...unread, markRead }), [unread, markRead])
}
