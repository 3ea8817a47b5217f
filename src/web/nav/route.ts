import { useSyncExternalStore } from 'react'
import type { ChannelKind } from '../../protocol/channels.ts'

/** The channel that an address shows, or null if it shows none. */
export type Route = { kind: ChannelKind; name: string } | null

const kinds = new Map<string, ChannelKind>([
  ['c', 'circle'],
  ['w', 'workspace'],
  ['a', 'agent'],
])
const letters = { circle: 'c', workspace: 'w', agent: 'a' } as const satisfies Record<ChannelKind, string>

/** Returns the path of a channel's page, `/c/dev-team` for example. */
export const channelPath = (kind: ChannelKind, name: string): string => `/${letters[kind]}/${name}`

/** Returns the channel at a path, or null. */
export function parseRoute(path: string): Route {
  const [, letter = '', name = ''] = path.split('/')
  const kind = kinds.get(letter)
  return kind === undefined || canonicalName(name) === null ? null : { kind, name: name.toLowerCase() }
}

/** Returns the channel that a circle's name, `workspace:acme` or `agent:pickle` refers to, or null. */
export function parseDestination(text: string): Route {
  const [, prefix, rest = ''] = /^\s*(?:(circle|workspace|agent):)?(.*)$/s.exec(text) ?? []
  const kind = [...kinds.values()].find(kind => kind === prefix) ?? 'circle'
  const name = canonicalName(rest)
  return name === null ? null : { kind, name }
}

/** Returns the text as a channel's name (trimmed, lower case), or null if no channel can have that name. */
export function canonicalName(text: string): string | null {
  const name = text.trim().toLowerCase()
  return /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/.test(name) ? name : null
}

/** Goes to a path of this page without loading it again. */
export function navigate(path: string): void {
  history.pushState(null, '', path)
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
