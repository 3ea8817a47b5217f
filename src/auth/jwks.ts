import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey, type LocalJWKSet } from 'jose'

const minute = 60_000
const refreshAfter = 5 * minute // asks again for keys this old …
const closedAfter = 10 * minute // … and trusts them no longer than this when nobody answers

/** The issuer's keys cannot be had: nobody can be told from anybody. */
export class JwksUnavailable extends Error {}

/**
 * The public keys of an issuer, fetched when needed and kept. Whatever comes of an attempt, the next one is a
 * minute away: neither an issuer that is down nor tokens with made-up key ids make this server a flood.
 */
export class JwksCache {
  readonly #url: string
  #keys: LocalJWKSet | null = null
  #fetchedAt = Number.NEGATIVE_INFINITY // ms since the Unix epoch, as all times here
  #nextAttempt = Number.NEGATIVE_INFINITY

  constructor(url: string) {
    this.#url = url
  }

  /** Finds the key of a token for jose's `jwtVerify`. */
  get(now: number): JWTVerifyGetKey {
    return async (header, token) => {
      if (now - this.#fetchedAt > refreshAfter) await this.#refresh(now)
      if (this.#keys === null || now - this.#fetchedAt > closedAfter) throw new JwksUnavailable()
      try {
        return await this.#keys(header, token)
      } catch (error) {
        const rotated = error instanceof errors.JWKSNoMatchingKey && (await this.#refresh(now))
        if (!rotated) throw error
        return this.#keys(header, token)
      }
    }
  }

  /** Did new keys come? Says no without asking when the last attempt is too recent. */
  async #refresh(now: number): Promise<boolean> {
    if (now < this.#nextAttempt) return false
    // Without keys, requests that come together each ask: in this runtime none may wait for another's I/O.
    if (this.#keys !== null) this.#nextAttempt = now + minute
    try {
      this.#keys = createLocalJWKSet(await download(this.#url))
      this.#fetchedAt = now
      return true
    } catch {
      // Down, slow, or no key set: the caller sees that the keys grow old, and closes.
      return false
    } finally {
      this.#nextAttempt = now + minute
    }
  }
}

async function download(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) })
  if (response.status !== 200) throw new Error(`keys: status ${response.status}`)
  return await response.json()
}

const sets = new Map<string, JwksCache>() // by URL; these come from the configuration, so there are one or two

/** The one key set of this URL in this isolate. */
export function jwksCacheOf(url: string): JwksCache {
  const set = sets.get(url) ?? new JwksCache(url)
  sets.set(url, set)
  return set
}
