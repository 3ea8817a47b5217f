import type { Env } from '../env.ts'
import type { PersonRole } from '../protocol/roles.ts'

/** A user as a Worker of somebody else's knows them. `channels`: their role by patterns of channels, as in a token. */
export type SiteUser = {
  id: string
  name: string
  channels: { readonly [pattern: string]: PersonRole }
  /** ms since the Unix epoch: when sockets are asked again; an hour from now if absent. */
  expires?: number
  /** ms: revocations until then do not count; now if absent. */
  issued?: number
}

/** How a Worker of somebody else's serves Circles. */
export type Site = {
  basePath: string // '' or '/rooms': what precedes every path, in the addresses that are printed, too
  authenticate: ((request: Request, env: Env) => Promise<SiteUser | null> | SiteUser | null) | null
}

/** A Worker that serves nothing else, with Circles' own tokens. */
export const ownSite: Site = { basePath: '', authenticate: null }
