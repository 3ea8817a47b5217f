// Everything that the client needs from its runtime. Tests bring their own; `defaultPlatform` makes one for a browser,
// for Node from 22, and for a Worker.

/** The part of the WebSocket API that the client uses. */
export type Socket = {
  binaryType?: 'arraybuffer' | 'blob'
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number; reason: string }) => void) | null
  onerror: (() => void) | null
}

/** Stores strings by key. It may lose them; it must not throw. */
export type KeyValueStorage = {
  keys(prefix: string): string[]
  get(key: string): string | null
  set(key: string, value: string): void
  delete(key: string): void
}

/** Lets the tabs of one browser share a socket: a lock for the tab that owns it, and a way to send messages. */
export type TabCoordinator = {
  /**
   * Calls `onAcquired` once this tab holds the lock, or at once where locks are refused. With `steal` it is taken from
   * the tab that holds it, whose `onLost` is called. Returns a function that releases it, or stops waiting for it.
   */
  acquireLock(name: string, onAcquired: () => void, options?: { steal?: boolean; onLost?(): void }): () => void
  /** Opens a broadcast channel: `onMessage` receives what the other tabs post. */
  openChannel(name: string, onMessage: (message: unknown) => void): TabPort
}

/** This tab's end of a broadcast channel. */
export type TabPort = { post(message: unknown): void; close(): void }

/** The part of a request that the client uses. */
export type FetchInit = { method?: string; headers?: Record<string, string>; body?: string }

/** The part of a response that the client uses. Types of its own: `RequestInit` and `Response` need a library. */
export type FetchResponse = {
  ok: boolean
  status: number
  headers: { get(name: string): string | null }
  json(): Promise<unknown>
}

/** The clock, randomness, network and storage that the client runs on. */
export type ClientPlatform = {
  now(): number // ms since the Unix epoch
  monotonicNow?(): number // ms from any start, never set back; without it, waits go by `now` and by the timers
  random(): number // from 0 to below 1
  after(ms: number, run: () => void): () => void // starts a timer, returns a function that cancels it
  newId(): string // unguessable, fit for a command id
  fetch(url: string, init: FetchInit): Promise<FetchResponse>
  socket(url: string, protocols: string[]): Socket
  storage: KeyValueStorage
  tabs: TabCoordinator | null
  /** Reports an error that one of the application's own handlers threw. */
  reportError(error: unknown): void
  /** Calls `listener` when the network or the person may be back. Returns a function that stops this. */
  onWake(listener: () => void): () => void
}

/** The platform of the browser, Node or Worker that this program runs in. */
export function defaultPlatform(): ClientPlatform {
  return {
    now: () => Date.now(),
    monotonicNow: () => performance.now(),
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
    tabs: null, // a client without a platform of its own uses those of the browser (tab-sharing.ts)
    onWake: onBrowserWake,
  }
}

// `crypto.randomUUID` is missing on pages that another machine serves over plain HTTP.
const hex = (bytes: Uint8Array): string => Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')

/** Storage that ends with the program. */
export function memoryStorage(): KeyValueStorage {
  const values = new Map<string, string>()
  return {
    keys: prefix => [...values.keys()].filter(key => key.startsWith(prefix)),
    get: key => values.get(key) ?? null,
    set: (key, value) => void values.set(key, value),
    delete: key => void values.delete(key),
  }
}

function browserStorage(): KeyValueStorage | null {
  const local = attempt(() => globalThis.window?.localStorage ?? null)
  if (local === null) return null
  return {
    keys: prefix => attempt(() => Object.keys(local).filter(key => key.startsWith(prefix))) ?? [],
    get: key => attempt(() => local.getItem(key)),
    set: (key, value) => void attempt(() => local.setItem(key, value)),
    delete: key => void attempt(() => local.removeItem(key)),
  }
}

/** What a browser may refuse, or null: then nothing is kept or shared, and nothing else breaks. */
export function attempt<Result>(work: () => Result): Result | null {
  try {
    return work()
  } catch {
    return null
  }
}

function onBrowserWake(listener: () => void): () => void {
  if (globalThis.window === undefined) return () => {}
  const onVisibilityChange = (): void => {
    if (document.visibilityState === 'visible') listener()
  }
  const types = ['online', 'offline', 'pageshow'] // offline may be wrong: a ping finds out
  for (const type of types) window.addEventListener(type, listener)
  document.addEventListener('visibilitychange', onVisibilityChange)
  return () => {
    for (const type of types) window.removeEventListener(type, listener)
    document.removeEventListener('visibilitychange', onVisibilityChange)
  }
}
