/**
 * Duplicates the functions of an object that came over RPC: without `dup` they die with the call that brought them. A
 * duplicate that is never released leaves that call hanging, and the runtime ends it with an error.
 */
export function retainFunctions<Functions extends object>(
  functions: Functions,
): { retained: Functions; release: () => void } {
  const retained = new Map<string, object>()
  for (const [name, call] of Object.entries(functions) as [string, object][]) {
    retained.set(name, 'dup' in call ? (call.dup as () => object)() : call)
  }
  const release = () => {
    for (const call of retained.values()) if (Symbol.dispose in call) (call as Disposable)[Symbol.dispose]()
  }
  return { retained: Object.fromEntries(retained) as Functions, release }
}
