import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey, type LocalJWKSet } from 'jose'

const minuteMs = 60_000
const freshForMs = 5 * minuteMs // older keys are fetched again …
const maxStaleMs = 10 * minuteMs // … and if that fails, they are trusted up to this age

/** The issuer's keys are not available, so no token can be verified. */
export class JwksUnavailable extends Error {}

/**
 * Caches the public keys of an issuer, fetched when needed. Fetches are at least a minute apart, whatever their result:
 * neither an issuer that is down nor tokens with invented key ids make this server flood the issuer.
 */
export class JwksCache {
  readonly #url: string
  #keys: LocalJWKSet | null = null
  #fetchedAt = Number.NEGATIVE_INFINITY // ms since the Unix epoch, as all times here
  #nextAttempt = Number.NEGATIVE_INFINITY

  constructor(url: string) {
    this.#url = url
  }

  /** Returns the key lookup for jose's `jwtVerify`. */
  get(now: number): JWTVerifyGetKey {
    return async (header, token) => {
      if (now - this.#fetchedAt > freshForMs) await this.#refresh(now)
      if (this.#keys === null || now - this.#fetchedAt > maxStaleMs) throw new JwksUnavailable()
      try {
        return await this.#keys(header, token)
      } catch (error) {
        const rotated = error instanceof errors.JWKSNoMatchingKey && (await this.#refresh(now))
        if (!rotated) throw error
        return this.#keys(header, token)
      }
    }
  }

  /** Fetches the keys; returns whether there are new ones. Returns false without a fetch if the last one is too recent. */
  async #refresh(now: number): Promise<boolean> {
    if (now < this.#nextAttempt) return false
    // Without keys, each of several concurrent requests fetches: a Worker must not wait for I/O that another request started.
    if (this.#keys !== null) this.#nextAttempt = now + minuteMs
    try {
      this.#keys = createLocalJWKSet(await download(this.#url))
      this.#fetchedAt = now
      return true
    } catch {
      // Down, slow, or not a key set: `get` rejects tokens once the keys are too old.
      return false
    } finally {
      this.#nextAttempt = now + minuteMs
    }
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
