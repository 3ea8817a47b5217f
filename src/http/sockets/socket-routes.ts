import type { ChannelResource } from '../../auth/resource.ts'
import { canonicalName } from '../../protocol/channels.ts'
import type { DialectName } from '../../protocol/dialects/index.ts'

/** Where an upgrade leads, and how one speaks there; null: as the client offers, native or plain. */
export type SocketRoute = { place: ChannelResource; dialect: DialectName | null }

const kinds = new Map<string, 'circle' | 'workspace' | 'agent' | 'chat'>([
  ['circles', 'circle'],
  ['workspaces', 'workspace'],
  ['workspace', 'workspace'],
  ['agents', 'agent'],
  ['chat', 'chat'],
])

/** The door at this URL; `invalid` if it leads to a name nobody can have, null if there is none. */
export function matchSocketRoute(url: URL): SocketRoute | 'invalid' | null {
  if (url.pathname === '/ws') return doorTo('circle', url.searchParams.get('circle') ?? 'lobby', 'events')
  const [, ws, plural = '', name, ...rest] = url.pathname.split('/')
  const kind = kinds.get(plural)
  if (ws !== 'ws' || !kind || name === undefined) return url.pathname.includes('%') ? 'invalid' : null
  return rest.length > 0 ? null : doorTo(kind, name, kind === 'chat' ? 'text' : null)
}

// A name that had to be escaped in the path is none; `%` itself is in no name, so this refuses it.
function doorTo(kind: 'circle' | 'workspace' | 'agent' | 'chat', raw: string, dialect: DialectName | null) {
  const name = canonicalName(raw)
  return name === null ? 'invalid' : { place: `${kind}:${name}` as const, dialect }
}
