import type { ChannelResource } from '../../auth/resource.ts'
import { canonicalName } from '../../protocol/channels.ts'
import type { DialectName } from '../../protocol/dialects/index.ts'

/** Where an upgrade leads, and the dialect spoken there; null: native or plain, as the client offers. */
export type SocketRoute = { resource: ChannelResource; dialect: DialectName | null }

type SocketKind = 'circle' | 'workspace' | 'agent' | 'chat'

const kinds = new Map<string, SocketKind>([
  ['circles', 'circle'],
  ['workspaces', 'workspace'],
  ['workspace', 'workspace'],
  ['agents', 'agent'],
  ['chat', 'chat'],
])

/** The socket route of a URL: `invalid` if it names a channel that cannot exist, null if there is no such path. */
export function matchSocketRoute(url: URL): SocketRoute | 'invalid' | null {
  if (url.pathname === '/ws') return routeTo('circle', url.searchParams.get('circle') ?? 'lobby', 'events')
  const [, ws, plural = '', name, ...rest] = url.pathname.split('/')
  const kind = kinds.get(plural)
  if (ws !== 'ws' || !kind || name === undefined) return url.pathname.includes('%') ? 'invalid' : null
  return rest.length > 0 ? null : routeTo(kind, name, kind === 'chat' ? 'text' : null)
}

// A name that had to be escaped in the path cannot exist: `%` itself is in no name, so this refuses it.
function routeTo(kind: SocketKind, rawName: string, dialect: DialectName | null): SocketRoute | 'invalid' {
  const name = canonicalName(rawName)
  return name === null ? 'invalid' : { resource: `${kind}:${name}`, dialect }
}
