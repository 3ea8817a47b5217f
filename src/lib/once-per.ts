/**
 * Makes something of an object once, and keeps it as long as the object lives. Only what is made already is shared: in a
 * Worker, no request may wait for another's work.
 */
export function memoizePer<Key extends WeakKey, Value>(
  make: (key: Key) => Promise<Value>,
): (key: Key) => Promise<Value> {
  const made = new WeakMap<Key, { value: Value }>()
  return async key => {
    const kept = made.get(key) ?? { value: await make(key) }
    made.set(key, kept)
    return kept.value
  }
}
