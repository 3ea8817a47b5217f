import { request } from '../lib/api.ts'
import type { Caller } from '../lib/caller.ts'

type Signed = { url: string; expires: number }

const known = new Map<string, Signed>() // by file: a row that comes into view again shows its image at once
const spareMs = 60_000 // an address must last a while after it was given out

/** An address of a file that is good for some minutes, if one is known. */
export function knownUrl(file: string): string | null {
  const signed = known.get(file)
  return signed !== undefined && signed.expires > Date.now() + spareMs ? signed.url : null
}

/** An address at which the browser can read a file: images and downloads cannot carry a token. */
export async function signedUrl(caller: Caller, circle: string, file: string): Promise<string> {
  const here = knownUrl(file)
  if (here !== null) return here
  const path = `/api/circles/${circle}/files/${file}/signed-url`
  const signed = await request<{ url: string; expires_at: string }>(caller, path, { method: 'POST' })
  const { pathname, search } = new URL(signed.url)
  const own = `${pathname}${search}` // on the origin that is asked here, whatever the server takes for it
  const url = caller.base === undefined ? own : new URL(own, caller.base).href
  known.set(file, { url, expires: Date.parse(signed.expires_at) })
  return url
}
