import { limits } from '../../src/protocol/limits.ts'
import { RelayHub } from '../../src/relay/relay-hub.ts'
import { readRelays } from '../../src/relay/settings.ts'
import { writeRelayHeader } from '../../src/relay/wire.ts'
import type { RelaySocket } from '../../src/rooms/object/relay-sessions.ts'
import { RoomHost } from '../../src/rooms/object/room-host.ts'
import { Sockets } from '../../src/rooms/object/sockets.ts'
import { fullBucket } from '../../src/rooms/sessions/rate-limit.ts'
import { newSession } from '../../src/rooms/sessions/session.ts'
import { TokenCache } from '../../src/rooms/sessions/token-cache.ts'
import { everySocket } from '../support/behind-relays.ts'
import { circleTables, fakeEnv, fakeState } from '../support/fake-object.ts'
import type { RelayProcess } from './relay-process.ts'

// A circle, its relays (relay-process.ts) and their members (member.ts) in plain node, with the clock of vi.useFakeTimers: what
// the objects are to each other on the platform, they are here by wires that delay, are cut, or fall silent.

const ping = '{"type":"ping"}'
const pong = '{"type":"pong","data":{}}'
const settings = readRelays(everySocket)

/** One WebSocket between a relay and its circle. */
export class Wire {
  readonly #latency: number
  readonly #up: (text: string) => void
  readonly #down: (text: string) => void
  isSilent = false // nothing arrives any more, and nobody is told
  isCut = false
  onCut: (side: 'relay' | 'circle') => void = () => {}

  constructor(latency: number, up: (text: string) => void, down: (text: string) => void) {
    this.#latency = latency
    this.#up = up
    this.#down = down
  }

  sendUp(text: string): void {
    setTimeout(() => this.isCut || this.isSilent || this.#up(text), this.#latency)
  }

  sendDown(text: string): void {
    setTimeout(() => this.isCut || this.isSilent || this.#down(text), this.#latency)
  }

  /** Both ends learn of it, but for the one that did it. */
  cut(by: 'relay' | 'circle' | null = null): void {
    if (this.isCut) return
    this.isCut = true
    for (const side of ['relay', 'circle'] as const) {
      if (side !== by) setTimeout(() => this.onCut(side), this.#latency)
    }
  }
}

/** One life of the object's memory, and the sockets as it has them. What it still does after its end reaches nothing. */
type Instance = { isAlive: boolean; timers: number; sockets: Map<Wire, RelaySocket> }

const newInstance = (): Instance => ({ isAlive: true, timers: 0, sockets: new Map() })

/** The circle's object, which can die and be stopped. */
export class Circle {
  host: RoomHost
  isStopped = false // SIGSTOP: it neither answers nor notices
  isDown = false
  hibernations = 0
  readonly revoked = new Set<string>() // users, for the token registry
  readonly relays = new Map<string, RelayProcess>() // by name, to call those that are parked
  readonly #database = fakeState('dev')
  readonly #attachments = new WeakMap<Wire, unknown>() // a socket keeps its own after its end
  readonly #wires = new Set<Wire>() // of which the circle has not noticed an end
  readonly #held: (() => void)[] = []
  #instance = newInstance()
  #life = 0 // another after each death

  constructor() {
    this.host = this.#start()
  }

  /** The storage stays; memory and connections are gone. */
  kill(): void {
    this.#instance.isAlive = false
    this.isDown = true
    this.#life += 1
    for (const wire of this.#wires) wire.cut('circle')
    this.#wires.clear()
  }

  /** Memory is gone; the storage and the connections stay. An object with a pending timer stays awake. */
  hibernate(): void {
    if (this.isDown || this.isStopped || this.#instance.timers > 0) return
    this.#instance.isAlive = false
    this.hibernations += 1
    this.host = this.#start()
  }

  restart(): void {
    this.isDown = false
    this.host = this.#start()
  }

  stop(): void {
    this.isStopped = true
  }

  resume(): void {
    this.isStopped = false
    for (const act of this.#held.splice(0)) act()
  }

  /** A relay dials; null: nobody answers. */
  accept(name: string, latency: number, down: (text: string) => void): { wire: Wire; opened: boolean } | null {
    const life = this.#life
    if (this.isDown) return null
    const wire: Wire = new Wire(
      latency,
      text =>
        this.#whenRunning(life, () => {
          if (text === ping) wire.sendDown(pong)
          else this.host.relays?.receive(this.#socket(wire), text)
        }),
      down,
    )
    wire.onCut = side => {
      if (side === 'relay') return
      this.#whenRunning(life, () => {
        this.#wires.delete(wire)
        this.host.relays?.closed(this.#socket(wire))
      })
    }
    this.#wires.add(wire)
    return { wire, opened: this.host.relays?.opened(writeRelayHeader(name), this.#socket(wire)) ?? false }
  }

  /** The circle's end of a wire, as the current instance has it. */
  #socket(wire: Wire, instance = this.#instance): RelaySocket {
    const known = instance.sockets.get(wire)
    if (known !== undefined) return known
    const socket: RelaySocket = {
      send: text => void (instance.isAlive && wire.sendDown(String(text))),
      close: () => void (instance.isAlive && wire.cut('circle')),
      serializeAttachment: value => {
        if (instance.isAlive) this.#attachments.set(wire, structuredClone(value))
      },
      deserializeAttachment: () => structuredClone(this.#attachments.get(wire) ?? null),
    }
    instance.sockets.set(wire, socket)
    return socket
  }

  /** Calls a relay that is parked. */
  async #call(name: string): Promise<void> {
    await new Promise(resolve => setTimeout(resolve, 5))
    const relay = this.relays.get(name)
    if (relay === undefined || relay.isDead || relay.isUnreachable) throw new Error('the relay cannot be called')
    relay.run(now => relay.relay.called(now))
  }

  #whenRunning(life: number, act: () => void): void {
    if (this.#life !== life || this.isDown) return
    if (this.isStopped) this.#held.push(() => this.#whenRunning(life, act))
    else act()
  }

  #start(): RoomHost {
    const instance = newInstance()
    const { revoked } = this
    this.#instance = instance
    const state = mortal(this.#database, instance, () => [...this.#wires].map(wire => this.#socket(wire, instance)))
    const tokens = new TokenCache('circle:dev', async () => true)
    const sockets = new Sockets(state, limits.unread_bytes)
    const tables = {
      ...circleTables,
      relays: (ports: ConstructorParameters<typeof RelayHub>[0]) => {
        if (settings === null) throw new Error('expected settings')
        const setTimer = (run: () => void, ms: number) => {
          instance.timers += 1
          setTimeout(() => {
            instance.timers -= 1
            if (instance.isAlive) run()
          }, ms)
        }
        return new RelayHub({ ...ports, setTimer }, settings, name => this.#call(name))
      },
    }
    const host: RoomHost = new RoomHost(state, fakeEnv(), tables, {
      limits,
      tokens,
      sockets,
      async connect({ principal, dialect, agent, relay, ...rest }, accept) {
        await Promise.resolve()
        if (!instance.isAlive) return new Promise(() => {})
        if (revoked.has(principal.id)) return { status: 401, code: 'unauthenticated', message: 'revoked' }
        const now = Date.now()
        const parts = { id: crypto.randomUUID(), dialect, agent, principal, ...(relay !== undefined && { relay }) }
        const session = newSession(parts, fullBucket(limits, now), now)
        return host.connect(
          { principal, dialect, agent, ...(relay !== undefined && { relay }), ...rest },
          session,
          accept,
        )
      },
    })
    return host
  }
}

/** The same state for one instance: once it is dead, what it still does reaches nothing. */
function mortal(
  state: DurableObjectState,
  instance: { isAlive: boolean },
  relaySockets: () => RelaySocket[],
): DurableObjectState {
  const empty = { toArray: () => [], raw: () => [].values(), rowsRead: 0, rowsWritten: 0 }
  const { sql } = state.storage
  const exec = (...args: Parameters<typeof sql.exec>) => (instance.isAlive ? sql.exec(...args) : empty)
  const storage = { ...state.storage, sql: { exec, databaseSize: 65_536 } }
  return {
    ...state,
    storage,
    getWebSockets: (tag?: string) => (tag === 'relay' ? relaySockets() : []),
    abort: () => {},
  } as unknown as DurableObjectState
}
