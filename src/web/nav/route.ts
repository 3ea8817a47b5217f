import { useSyncExternalStore } from 'react'
import {
  type ChannelKind,
  type ChannelKindDefinition,
  isLogKind,
  type LogKind,
} from '../../protocol/channels/channel-kinds.ts'
import { defaultKind, kinds } from '../tables.ts'

/** The channel that an address shows, and with `seq` one of its messages; null if it shows none. */
export type Route = { kind: LogKind; name: string; seq?: number } | null

const kindsByPath = new Map(
  [...kinds.values()].flatMap(({ page, kind }) => (isLogKind(kind) ? [[page, kind] as const] : [])),
)

/** Returns the path of a channel's page, `/c/dev-team` for example. */
export function channelPath(kind: ChannelKind, name: string): string {
  return `/${kindOf(`${kind}:`).page}/${name}`
}

/** Returns the path of one message of a channel, `circle:dev-team` for example. */
export function messagePath(channel: string, seq: number): string {
  const { kind } = kindOf(channel)
  return `${channelPath(kind, channel.slice(kind.length + 1))}/${seq}`
}

/** Returns the channel at a path, or null. */
export function parseRoute(path: string): Route {
  const [, page = '', name = '', seq] = path.split('/')
  const kind = kindsByPath.get(page)
  if (seq !== undefined && !/^\d{1,15}$/.test(seq)) return null
  return kind === undefined || canonicalName(name) === null
    ? null
    : { kind, name: name.toLowerCase(), ...(seq !== undefined && { seq: Number(seq) }) }
}

/** Returns the channel that a circle's name, `workspace:acme` or `agent:pickle` refers to, or null. */
export function parseDestination(text: string): Route {
  const colon = text.indexOf(':')
  const prefixed = kinds.get(text.slice(0, Math.max(colon, 0)).trimStart())
  const name = canonicalName(prefixed === undefined ? text : text.slice(colon + 1))
  const { kind } = prefixed ?? defaultKind
  return name === null || !isLogKind(kind) ? null : { kind, name }
}

/** Returns the text as a channel's name (trimmed, lower case), or null if no channel can have that name. */
export function canonicalName(text: string): string | null {
  const name = text.trim().toLowerCase()
  return /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/.test(name) ? name : null
}

/** Returns everything in which the kind of a channel differs from the others. The name is as on the wire: `circle:dev`. */
export function kindOf(channel: string): ChannelKindDefinition {
  return kinds.get(channel.slice(0, channel.indexOf(':'))) ?? defaultKind
}

/** The name of a channel without its kind. */
export const nameOf = (channel: string): string => channel.slice(channel.indexOf(':') + 1)

/** Does the page of this kind have a conversation: a composer, search, settings, an entry among the recent circles? */
export function isConversation(kind: ChannelKind): boolean {
  return kindOf(`${kind}:`).isConversation
}

/** Goes to a path of this page without loading it again. */
export function navigate(path: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', path)
  else history.pushState(null, '', path)
  dispatchEvent(new PopStateEvent('popstate'))
}

/** Returns the current path and renders again when it changes. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname)
}

function subscribe(onChange: () => void): () => void {
  addEventListener('popstate', onChange)
  return () => removeEventListener('popstate', onChange)
}
