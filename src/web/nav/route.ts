import { useSyncExternalStore } from 'react'
import type { ChannelKind } from '../../protocol/channels.ts'

/** Where the reader is: a channel, or nowhere yet. */
export type Route = { kind: ChannelKind; name: string } | null

const kinds = new Map<string, ChannelKind>([
  ['c', 'circle'],
  ['w', 'workspace'],
  ['a', 'agent'],
])
const letters = { circle: 'c', workspace: 'w', agent: 'a' } as const satisfies Record<ChannelKind, string>

/** `/c/dev-team` and the like: an address to share is an address to open. */
export const pathOf = (kind: ChannelKind, name: string): string => `/${letters[kind]}/${name}`

export function readRoute(path: string): Route {
  const [, letter = '', name = ''] = path.split('/')
  const kind = kinds.get(letter)
  return kind === undefined || canonicalName(name) === null ? null : { kind, name: name.toLowerCase() }
}

/** Where somebody wants to go who writes a circle's name, or `workspace:acme`, `agent:pickle`; null if that is nowhere. */
export function readGoal(text: string): { kind: ChannelKind; name: string } | null {
  const [, given, rest = ''] = /^\s*(?:(circle|workspace|agent):)?(.*)$/s.exec(text) ?? []
  const kind = [...kinds.values()].find(kind => kind === given) ?? 'circle'
  const name = canonicalName(rest)
  return name === null ? null : { kind, name }
}

/** The name as a channel may be called, or null. */
export function canonicalName(text: string): string | null {
  const name = text.trim().toLowerCase()
  return /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/.test(name) ? name : null
}

export function navigate(path: string): void {
  history.pushState(null, '', path)
  dispatchEvent(new PopStateEvent('popstate'))
}

/** The current path; renders again when it changes. */
export function usePath(): string {
  return useSyncExternalStore(listen, () => location.pathname)
}

function listen(changed: () => void): () => void {
  addEventListener('popstate', changed)
  return () => removeEventListener('popstate', changed)
}
