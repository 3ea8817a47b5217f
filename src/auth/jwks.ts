import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey, type LocalJWKSet } from 'jose'

const minuteMs = 60_000
const freshForMs = 5 * minuteMs // older keys are fetched again …
const maxStaleMs = 10 * minuteMs // … and if that fails, they are trusted up to this age

/** The issuer's keys, or the one that a token names, are not available now; they are asked for again later. */
export class JwksUnavailable extends Error {
  readonly retryAfterMs: number

  constructor(retryAfterMs: number) {
    super()
    this.retryAfterMs = retryAfterMs
  }
}

/**
 * Caches the public keys of an issuer, fetched when needed. Fetches are at least a minute apart, whatever their result, so
 * that an issuer that is down is not flooded. The first unknown key id after that is asked for at once, since the issuer
 * may just have begun to sign with a new key; such fetches, too, are at least a minute apart.
 */
export class JwksCache {
  readonly #url: string
  #keys: LocalJWKSet | null = null
  #fetchedAt = Number.NEGATIVE_INFINITY // ms since the Unix epoch, as all times here
  #nextAttempt = Number.NEGATIVE_INFINITY
  #nextSearch = Number.NEGATIVE_INFINITY // for an unknown key id
  #isFetching = false

  constructor(url: string) {
    this.#url = url
  }

  /** Returns the key lookup for jose's `jwtVerify`. */
  get(now: number): JWTVerifyGetKey {
    return async (header, token) => {
      const isDue = now - this.#fetchedAt > freshForMs && now >= this.#nextAttempt
      const isNew = isDue && (await this.#fetch(now))
      if (this.#keys === null || now - this.#fetchedAt > maxStaleMs) throw this.#unavailable(this.#nextAttempt, now)
      try {
        return await this.#keys(header, token)
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey) || isNew) throw error
        return (await this.#search(now))(header, token)
      }
    }
  }

  /** Fetches the keys because one is unknown. Until it may do so again, nobody knows whether the issuer has that key. */
  async #search(now: number): Promise<LocalJWKSet> {
    if (now < this.#nextSearch) throw this.#unavailable(this.#nextSearch, now)
    this.#nextSearch = now + minuteMs
    const isFetched = await this.#fetch(now)
    if (!isFetched || this.#keys === null) throw this.#unavailable(this.#nextSearch, now)
    return this.#keys
  }

  /** Fetches the keys; returns whether they arrived. */
  async #fetch(now: number): Promise<boolean> {
    // Without keys, each of several concurrent requests fetches: a Worker must not wait for I/O that another request started.
    if (this.#keys !== null) this.#nextAttempt = now + minuteMs
    this.#isFetching = true
    try {
      this.#keys = createLocalJWKSet(await download(this.#url))
      this.#fetchedAt = now
      return true
    } catch {
      // Down, slow, or not a key set: `get` rejects tokens once the keys are too old.
      return false
    } finally {
      this.#nextAttempt = now + minuteMs
      this.#isFetching = false
    }
  }

  #unavailable(nextAttempt: number, now: number): JwksUnavailable {
    return new JwksUnavailable(this.#isFetching ? 1_000 : Math.max(1_000, nextAttempt - now))
  }
}

async function download(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) })
  if (response.status !== 200) throw new Error(`expected 200 from the JWKS endpoint, got ${response.status}`)
  return await response.json()
}

const caches = new Map<string, JwksCache>() // by URL, from the configuration: one or two

/** Returns this isolate's only cache for a URL. */
export function jwksCacheOf(url: string): JwksCache {
  const cache = caches.get(url) ?? new JwksCache(url)
  caches.set(url, cache)
  return cache
}
