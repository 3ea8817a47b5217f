// What the client needs from the world around it. Tests give a world of their own; `worldOf` makes one of whatever
// runs us: a browser, Node from 22, a Worker.

/** A WebSocket as far as we use one. */
export type Socket = {
  send(text: string): void
  close(code?: number, reason?: string): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number; reason: string }) => void) | null
  onerror: (() => void) | null
}

/** Strings kept under a key; losing them is allowed, throwing is not. */
export type KeyValueStorage = {
  keys(prefix: string): string[]
  get(key: string): string | null
  set(key: string, value: string): void
  delete(key: string): void
}

/** What tabs of one browser share: a lock, held by the one that owns the socket, and a channel to speak over. */
export type TabChannel = {
  /** Calls `own` once this tab has the lock; the function returned gives it up, or stops waiting for it. */
  acquireLock(name: string, own: () => void): () => void
  /** Speaks to the other tabs; `hear` never gets what this tab said. */
  openChannel(name: string, hear: (message: unknown) => void): { say(message: unknown): void; end(): void }
}

export type ClientPlatform = {
  now(): number // ms since the Unix epoch
  random(): number // from 0 to below 1
  after(ms: number, run: () => void): () => void // a timer, and the way to stop it
  newId(): string // unguessable, fit for a command id
  fetch(url: string, init: RequestInit): Promise<Response>
  socket(url: string, protocols: string[]): Socket
  storage: KeyValueStorage
  tabs: TabChannel | null
  /** Tells of a bug that is not ours, where such things are told. */
  reportError(error: unknown): void
  /** Calls `check` when the network or the person may have come back. */
  onWake(check: () => void): () => void
}

/** The world this program runs in. */
export function defaultPlatform(): ClientPlatform {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    after(ms, run) {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
    newId: () => crypto.randomUUID?.() ?? hex(crypto.getRandomValues(new Uint8Array(16))),
    fetch: (url, init) => fetch(url, init),
    socket: (url, protocols) => new WebSocket(url, protocols) as Socket,
    reportError(error) {
      queueMicrotask(() => {
        throw error
      })
    },
    storage: browserStorage() ?? memoryStorage(),
    tabs: browserTabs(),
    onWake: watchBrowser,
  }
}

// `crypto.randomUUID` is missing on pages served over plain HTTP from another machine.
const hex = (bytes: Uint8Array): string => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

/** A shelf that is gone with the program. */
export function memoryStorage(): KeyValueStorage {
  const held = new Map<string, string>()
  return {
    keys: prefix => [...held.keys()].filter(key => key.startsWith(prefix)),
    get: key => held.get(key) ?? null,
    set: (key, value) => void held.set(key, value),
    delete: key => void held.delete(key),
  }
}

function browserStorage(): KeyValueStorage | null {
  const kept = attempt(() => globalThis.window?.localStorage ?? null)
  if (kept === null) return null
  return {
    keys: prefix => attempt(() => Object.keys(kept).filter(key => key.startsWith(prefix))) ?? [],
    get: key => attempt(() => kept.getItem(key)),
    set: (key, value) => void attempt(() => kept.setItem(key, value)),
    delete: key => void attempt(() => kept.removeItem(key)),
  }
}

/** Storage may be full or forbidden; then nothing is kept, and nothing else breaks. */
function attempt<Result>(work: () => Result): Result | null {
  try {
    return work()
  } catch {
    return null
  }
}

function browserTabs(): TabChannel | null {
  const locks = globalThis.window === undefined ? undefined : globalThis.navigator?.locks
  if (locks === undefined || typeof BroadcastChannel === 'undefined') return null
  return {
    acquireLock(name, own) {
      const waiting = new AbortController()
      let release = (): void => waiting.abort()
      const held = new Promise<void>(resolve => {
        const give = release
        release = () => {
          give()
          resolve()
        }
      })
      locks
        .request(name, { signal: waiting.signal }, () => {
          own()
          return held
        })
        .catch(() => {}) // stopped waiting: that is what abort does
      return () => release()
    },
    openChannel(name, hear) {
      const channel = new BroadcastChannel(name)
      channel.onmessage = event => hear(event.data)
      return { say: message => channel.postMessage(message), end: () => channel.close() }
    },
  }
}

function watchBrowser(check: () => void): () => void {
  if (globalThis.window === undefined) return () => {}
  const seen = (): void => {
    if (document.visibilityState === 'visible') check()
  }
  window.addEventListener('online', check)
  window.addEventListener('offline', check) // it need not be true: asking finds out
  window.addEventListener('pageshow', check)
  document.addEventListener('visibilitychange', seen)
  return () => {
    window.removeEventListener('online', check)
    window.removeEventListener('offline', check)
    window.removeEventListener('pageshow', check)
    document.removeEventListener('visibilitychange', seen)
  }
}
