import { type ChannelResource, directResource } from '../../auth/resource.ts'
import type { ChannelKindDefinition, ChannelKinds, SocketRoute } from '../../protocol/channels/channel-kinds.ts'
import { nameAtDoor } from '../../protocol/channels/channels.ts'
import type { DialectName } from '../../protocol/dialects/index.ts'

/** Where an upgrade leads, and the dialects a client can choose from there. */
export type SocketTarget = { resource: ChannelResource; dialects: readonly DialectName[] }

/** The paths of the router below which sockets open, as Hono writes them. */
export function socketPaths(kinds: ChannelKinds): string[] {
  const paths = [...kinds.values()].flatMap(({ sockets }) => sockets.map(({ path }) => path))
  const outside = paths.filter(path => !path.startsWith('/ws'))
  return ['/ws', '/ws/*', ...outside.flatMap(path => [path, `${path}/*`])]
}

/** The target of a URL: `invalid` if it names a channel that cannot exist, null if there is no such path. */
export function matchSocketRoute(url: URL, kinds: ChannelKinds): SocketTarget | 'invalid' | null {
  for (const kind of kinds.values()) {
    for (const route of kind.sockets) {
      const rawName = nameIn(url, route)
      if (rawName !== null) return targetOf(kind, route, rawName)
    }
  }
  return url.pathname.includes('%') ? 'invalid' : null
}

/** The name that a URL has for this route, not decoded; null if the path is another. */
function nameIn({ pathname, searchParams }: URL, { path, query }: SocketRoute): string | null {
  if (query !== undefined) return pathname === path ? (searchParams.get(query.key) ?? query.fallback) : null
  return pathname.startsWith(`${path}/`) ? pathname.slice(path.length + 1) : null
}

// A name that had to be escaped in the path cannot exist: `%` itself is in no name, so this refuses it.
function targetOf(
  definition: ChannelKindDefinition,
  route: SocketRoute,
  rawName: string,
): SocketTarget | 'invalid' | null {
  const segments = definition.within === null ? 1 : 2
  if (route.query === undefined && rawName.split('/').length !== segments) return null // another path
  const name = nameAtDoor(definition, rawName)
  if (name === null) return 'invalid'
  return { resource: route.isDirect ? directResource(name) : `${definition.kind}:${name}`, dialects: route.dialects }
}
