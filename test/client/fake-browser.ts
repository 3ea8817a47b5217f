import { type ClientPlatform, type KeyValueStorage, memoryStorage, type Socket } from '../../src/client/platform.ts'
import type { FakePlatform } from './fake-platform.ts'

/** A tab of a FakeBrowser, and what can happen to it. */
export type FakeTab = {
  platform: ClientPlatform
  /** Stops all of its code, as a dialog or a breakpoint does; what arrives meanwhile waits. */
  freeze(): void
  thaw(): void
  /** Ends it without a word: its sockets are cut, its locks released. */
  kill(): void
  readonly isFrozen: boolean
}

type LockRequest = { tab: Tab; onAcquired(): void; onLost?: (() => void) | undefined }
type Port = { tab: Tab; name: string; onMessage(message: unknown): void }

/** The tabs of one browser: they share the storage, locks and broadcast channels. A message arrives 1 ms later. */
export class FakeBrowser {
  readonly storage: KeyValueStorage = memoryStorage()
  readonly ports = new Set<Port>()
  readonly locks = new Map<string, LockRequest[]>()
  readonly out: string[] = [] // everything that a tab has given to a socket or to another tab
  readonly platform: FakePlatform

  constructor(platform: FakePlatform) {
    this.platform = platform
  }

  open(change: Partial<ClientPlatform> = {}): FakeTab {
    return new Tab(this, change)
  }

  post(from: Tab, name: string, message: unknown): void {
    this.out.push(JSON.stringify(message))
    for (const port of this.ports) {
      if (port.tab === from || port.name !== name) continue
      const copy = structuredClone(message)
      this.platform.after(1, () => port.tab.run(() => this.ports.has(port) && port.onMessage(copy)))
    }
  }

  request(name: string, request: LockRequest, steal: boolean): () => void {
    const queue = this.locks.get(name) ?? []
    this.locks.set(name, queue)
    const robbed = steal ? queue.shift() : undefined
    if (robbed !== undefined) this.platform.after(0, () => robbed.tab.run(() => robbed.onLost?.()))
    if (steal) queue.unshift(request)
    else queue.push(request)
    if (queue[0] === request) this.#grant(name)
    return () => this.release(name, request)
  }

  release(name: string, request: LockRequest): void {
    const queue = this.locks.get(name) ?? []
    const at = queue.indexOf(request)
    if (at < 0) return
    queue.splice(at, 1)
    if (at === 0) this.#grant(name)
  }

  #grant(name: string): void {
    const holder = this.locks.get(name)?.[0]
    if (holder === undefined) return
    const isHeld = (): boolean => this.locks.get(name)?.[0] === holder
    this.platform.after(0, () => holder.tab.run(() => isHeld() && holder.onAcquired()))
  }
}

class Tab implements FakeTab {
  readonly platform: ClientPlatform
  readonly #browser: FakeBrowser
  readonly #sockets = new Set<Socket>()
  #held: (() => void)[] | null = null // while frozen: what its event loop has to run
  #isDead = false

  constructor(browser: FakeBrowser, change: Partial<ClientPlatform>) {
    this.#browser = browser
    const { platform } = browser
    this.platform = {
      ...platform.beside(change),
      storage: browser.storage,
      after: (ms, run) => platform.after(ms, () => this.run(run)),
      socket: (url, protocols) => this.#wrap((change.socket ?? platform.socket)(url, protocols)),
      tabs: {
        acquireLock: (name, onAcquired, { steal = false, onLost } = {}) =>
          browser.request(name, { tab: this, onAcquired, onLost }, steal),
        openChannel: (name, onMessage) => {
          const port = { tab: this, name, onMessage }
          browser.ports.add(port)
          return { post: message => browser.post(this, name, message), close: () => void browser.ports.delete(port) }
        },
      },
    }
  }

  get isFrozen(): boolean {
    return this.#held !== null
  }

  run(work: () => void): void {
    if (this.#isDead) return
    if (this.#held === null) work()
    else this.#held.push(work)
  }

  freeze(): void {
    this.#held ??= []
  }

  thaw(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const work of held) this.run(work)
  }

  kill(): void {
    this.#isDead = true
    for (const port of this.#browser.ports) if (port.tab === this) this.#browser.ports.delete(port)
    for (const [name, queue] of this.#browser.locks)
      for (const request of queue.filter(({ tab }) => tab === this)) this.#browser.release(name, request)
    for (const socket of this.#sockets) socket.close()
  }

  #wrap(inner: Socket): Socket {
    this.#sockets.add(inner)
    const outer: Socket = {
      ...{ onopen: null, onmessage: null, onclose: null, onerror: null },
      send: text => {
        this.#browser.out.push(`${text}`)
        inner.send(text)
      },
      close: code => inner.close(code),
    }
    inner.onopen = () => this.run(() => outer.onopen?.())
    inner.onmessage = event => this.run(() => outer.onmessage?.(event))
    inner.onclose = event => this.run(() => outer.onclose?.(event))
    return outer
  }
}
