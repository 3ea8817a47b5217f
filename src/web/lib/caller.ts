import { useMemo } from 'react'
import { sourceOf } from '../../client/create-client.ts'
import { useCircles } from '../../client/react.ts'
import type { TokenSource } from '../../client/transport/credentials.ts'

/** As whom an HTTP request is sent, and to which server (`base`, which ends in a slash; absent: the page's own). */
export type Caller = ({ by: 'name'; name: string } | { by: 'token'; token: string | TokenSource }) & { base?: string }

/** The user of the client of the nearest provider. */
export function useCaller(): Caller {
  const client = useCircles()
  return useMemo(() => {
    const { base, identity } = sourceOf(client)
    return 'name' in identity ? { by: 'name', name: identity.name, base } : { by: 'token', token: identity.token, base }
  }, [client])
}

/** Under which key the client of the nearest provider keeps something on this device; null: it keeps nothing. */
export const useUserKey = (): string | null => sourceOf(useCircles()).userKey

/** Returns an address of the server, which names whoever has no token. */
export function addressFor(caller: Caller | null, path: string): URL {
  const url = new URL(path.slice(1), caller?.base ?? `${location.origin}/`)
  if (caller?.by === 'name') url.searchParams.set('name', caller.name)
  return url
}

/** Returns an address of the server, and the headers with which a caller asks for it. */
export async function addressed(caller: Caller | null, path: string): Promise<{ url: URL; headers: Headers }> {
  const url = addressFor(caller, path)
  const headers = new Headers()
  if (caller?.by === 'token') headers.set('authorization', `Bearer ${await tokenOf(caller.token)}`)
  return { url, headers }
}

const tokenOf = (token: string | TokenSource): string | Promise<string> =>
  typeof token === 'string' ? token : token({ renew: false })
