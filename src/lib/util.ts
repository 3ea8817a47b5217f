/** Formats a thrown value with its stack and its cause, for the log: never for a client. */
export function formatError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { stack, message, cause } = error
  return `${stack ?? message}${cause === undefined ? '' : `\nbecause of ${String(cause)}`}`
}

/** The least of the numbers that are not null, such as the earliest of some times; null if there is none. */
export function minDefined(...values: (number | null)[]): number | null {
  const defined = values.filter(value => value !== null)
  return defined.length === 0 ? null : Math.min(...defined)
}

/**
 * Caches an asynchronous result per key, for as long as the key lives. Only finished results are shared: in a Worker, no
 * request may wait for another's work.
 */
export function memoizePer<Key extends WeakKey, Value>(
  make: (key: Key) => Promise<Value>,
): (key: Key) => Promise<Value> {
  const cache = new WeakMap<Key, { value: Value }>()
  return async key => {
    const entry = cache.get(key) ?? { value: await make(key) }
    cache.set(key, entry)
    return entry.value
  }
}
