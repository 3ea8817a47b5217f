import {
  type ClientPlatform,
  type KeyValueStorage,
  memoryStorage,
  type Socket,
  type TabCoordinator,
} from '../../src/client/platform.ts'

/** A world with a clock of its own: nothing happens in it but by `advance`. */
export type FakeWorld = ClientPlatform & {
  /** Lets time pass: timers run when they are due, in order, and promises settle in between. */
  advance(ms: number): Promise<void>
  /** A world beside this one (another tab, another program) under the same clock. */
  beside(change?: Partial<ClientPlatform>): ClientPlatform
  clock: Clock
}

export type Clock = {
  now: number
  timers: Set<{ due: number; run: () => void }>
  ids: number
}

type Settings = {
  socket(url: string, protocols: string[]): Socket
  fetch?: ClientPlatform['fetch']
  shelf?: KeyValueStorage
  tabs?: TabCoordinator
  random?: () => number
}

export function fakeWorld({ socket, fetch, shelf = memoryStorage(), tabs, random = () => 0.5 }: Settings): FakeWorld {
  const clock: Clock = { now: Date.UTC(2026, 0, 1), timers: new Set(), ids: 0 }
  const world: ClientPlatform = {
    now: () => clock.now,
    random,
    after(ms, run) {
      const timer = { due: clock.now + Math.max(0, ms), run }
      clock.timers.add(timer)
      return () => void clock.timers.delete(timer)
    },
    newId: () => `id-${++clock.ids}`,
    fetch: fetch ?? (() => Promise.reject(new Error('there is no network'))),
    socket,
    storage: shelf,
    tabs: tabs ?? null,
    reportError(error) {
      throw error
    },
    onWake: () => () => {},
  }
  return {
    ...world,
    clock,
    beside: change => ({ ...world, ...change }),
    async advance(ms) {
      const end = clock.now + ms
      await settled()
      for (let next = earliest(clock, end); next !== null; next = earliest(clock, end)) {
        clock.now = Math.max(clock.now, next.due)
        clock.timers.delete(next)
        next.run()
        await settled()
      }
      clock.now = end
    },
  }
}

function earliest({ timers }: Clock, end: number): { due: number; run: () => void } | null {
  const due = [...timers].filter(timer => timer.due <= end)
  return due.length === 0 ? null : due.reduce((one, other) => (other.due < one.due ? other : one))
}

/** Lets every promise that can settle do so. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

/** Tabs of one browser, under a clock: what is said is heard a moment later, by all but the one who said it. */
export function fakeTabs(
  world: () => ClientPlatform,
): TabCoordinator & { kill(tab: TabCoordinator): void; join(): TabCoordinator } {
  type Listener = { tab: object; name: string; hear: (message: unknown) => void }
  const listeners = new Set<Listener>()
  const queues = new Map<string, { tab: object; own: () => void }[]>()

  function tab(): TabCoordinator {
    const self = {}
    return {
      acquireLock(name, own) {
        const queue = queues.get(name) ?? []
        queues.set(name, queue)
        const place = { tab: self, own }
        queue.push(place)
        if (queue.length === 1) world().after(0, own)
        return () => leave(queue, place)
      },
      openChannel(name, hear) {
        const listener = { tab: self, name, hear }
        listeners.add(listener)
        return {
          post(message) {
            const copy = structuredClone(message)
            for (const other of listeners) {
              if (other.tab === self || other.name !== name) continue
              world().after(1, () => listeners.has(other) && other.hear(structuredClone(copy)))
            }
          },
          close: () => void listeners.delete(listener),
        }
      },
      ...{ self },
    }
  }

  function leave(queue: { tab: object; own: () => void }[], place: { tab: object; own: () => void }): void {
    const led = queue[0] === place
    const at = queue.indexOf(place)
    if (at >= 0) queue.splice(at, 1)
    const next = queue[0]
    if (led && next !== undefined) world().after(0, next.own)
  }

  const first = tab()
  return {
    ...first,
    join: tab,
    kill(dead) {
      const self = 'self' in dead ? dead.self : null
      for (const listener of listeners) if (listener.tab === self) listeners.delete(listener)
      for (const queue of queues.values())
        for (const place of queue.filter(({ tab }) => tab === self)) leave(queue, place)
    },
  }
}
