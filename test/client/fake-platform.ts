import { tabSharing } from '../../src/client/create-client.ts'
import {
  type ClientPlatform,
  type KeyValueStorage,
  memoryStorage,
  type Socket,
  type TabCoordinator,
} from '../../src/client/platform.ts'
import { flowControl } from '../../src/client/transport/websocket-transport.ts'

/** A platform with a clock of its own: nothing happens on it but by `advance`. */
export type FakePlatform = ClientPlatform & {
  /** Lets time pass: timers run when they are due, in order, and promises settle in between. */
  advance(ms: number): Promise<void>
  /** Another platform (a tab, a program) under the same clock. */
  beside(change?: Partial<ClientPlatform>): ClientPlatform
  clock: Clock
}

export type Clock = {
  now: number // ms since the Unix epoch
  skew: number // ms by which the wall clock has been set
  timers: Set<Timer>
  ids: number
}

type Timer = { due: number; run: () => void }

type FakeOptions = {
  socket(url: string, protocols: string[]): Socket
  fetch?: ClientPlatform['fetch']
  storage?: KeyValueStorage
  tabs?: TabCoordinator
  random?: () => number
}

/** Makes a platform of the given parts. An error of a handler is thrown. */
export function fakePlatform({ socket, fetch, storage, tabs, random = () => 0.5 }: FakeOptions): FakePlatform {
  const clock: Clock = { now: Date.UTC(2026, 0, 1), skew: 0, timers: new Set(), ids: 0 }
  const platform: ClientPlatform = {
    now: () => clock.now + clock.skew,
    random,
    after(ms, run) {
      const timer = { due: clock.now + Math.max(0, ms), run }
      clock.timers.add(timer)
      return () => void clock.timers.delete(timer)
    },
    newId: () => `id-${++clock.ids}`,
    fetch: fetch ?? (() => Promise.reject(new Error('there is no network'))),
    socket,
    storage: storage ?? memoryStorage(),
    tabs: tabs ?? null,
    reportError(error) {
      throw error
    },
    onWake: () => () => {},
  }
  return {
    ...platform,
    clock,
    beside: change => ({ ...platform, ...change }),
    async advance(ms) {
      const end = clock.now + ms
      await settled()
      for (let next = nextTimer(clock, end); next !== null; next = nextTimer(clock, end)) {
        clock.now = Math.max(clock.now, next.due)
        clock.timers.delete(next)
        next.run()
        await settled()
      }
      clock.now = end
    },
  }
}

function nextTimer({ timers }: Clock, end: number): Timer | null {
  const due = [...timers].filter(timer => timer.due <= end)
  return due.length === 0 ? null : due.reduce((one, other) => (other.due < one.due ? other : one))
}

/** Lets every promise that can settle do so. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

await Promise.all([tabSharing.load(), flowControl.load()]) // code does not load under a clock of its own

type LockQueue = { tab: object; onAcquired: () => void }[]

/** The tabs of one browser, under a clock: a message arrives 1 ms later in every tab but its own. */
export function fakeTabs(
  platform: () => ClientPlatform,
): TabCoordinator & { kill(tab: TabCoordinator): void; join(): TabCoordinator } {
  type Listener = { tab: object; name: string; onMessage: (message: unknown) => void }
  const listeners = new Set<Listener>()
  const queues = new Map<string, LockQueue>()

  function createTab(): TabCoordinator {
    const self = {}
    return {
      acquireLock(name, onAcquired) {
        const queue = queues.get(name) ?? []
        queues.set(name, queue)
        const request = { tab: self, onAcquired }
        queue.push(request)
        if (queue.length === 1) platform().after(0, onAcquired)
        return () => release(queue, request)
      },
      openChannel(name, onMessage) {
        const listener = { tab: self, name, onMessage }
        listeners.add(listener)
        return {
          post(message) {
            const copy = structuredClone(message)
            for (const other of listeners) {
              if (other.tab === self || other.name !== name) continue
              platform().after(1, () => listeners.has(other) && other.onMessage(structuredClone(copy)))
            }
          },
          close: () => void listeners.delete(listener),
        }
      },
      ...{ self },
    }
  }

  function release(queue: LockQueue, request: LockQueue[number]): void {
    const wasHeld = queue[0] === request
    const at = queue.indexOf(request)
    if (at >= 0) queue.splice(at, 1)
    const next = queue[0]
    if (wasHeld && next !== undefined) platform().after(0, next.onAcquired)
  }

  return {
    ...createTab(),
    join: createTab,
    kill(dead) {
      const self = 'self' in dead ? dead.self : null
      for (const listener of listeners) if (listener.tab === self) listeners.delete(listener)
      for (const queue of queues.values())
        for (const request of queue.filter(({ tab }) => tab === self)) release(queue, request)
    },
  }
}
