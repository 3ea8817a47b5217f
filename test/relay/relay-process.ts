import { type CloseName, closeCodes } from '../../src/protocol/close-codes.ts'
import { type DialedSocket, Dialer } from '../../src/relay/dialer.ts'
import type { MemberAttachment } from '../../src/relay/members.ts'
import { Relay } from '../../src/relay/relay.ts'
import type { Parked } from '../../src/relay/relay-ports.ts'
import { WakeUps } from '../../src/relay/wake-ups.ts'
import type { Delivery } from '../../src/rooms/object/subscriber.ts'
import type { Member } from './member.ts'
import type { Circle, Wire } from './world.ts'

/** What is lost with the memory of a relay's object. */
type Instance = { relay: Relay; wakeUps: WakeUps }

/** One relay's object: the relay, its storage, and its end of the wire. It can die, and lose its memory. */
export class RelayProcess {
  readonly name: string
  readonly members = new Map<string, Member>()
  readonly #circle: Circle
  readonly #latency: () => number
  readonly #attachments = new Map<string, MemberAttachment>()
  readonly #slow: string[] = []
  readonly #wires: Wire[] = []
  #parked: Parked | null = null // in its storage
  #alarm: ReturnType<typeof setTimeout> | undefined // outlives its memory
  #instance: Instance | null = null // null: nothing has brought it back
  #asleepSince = Date.now() // ms: when its memory was lost
  isDead = false
  isUnreachable = false // no dial arrives
  parkings = 0
  fineAt = Date.now() // when it was last connected to a circle that answers (ms)

  constructor(name: string, circle: Circle, latency: () => number) {
    this.name = name
    this.#circle = circle
    this.#latency = latency
    circle.relays.set(name, this)
  }

  /** The relay; whoever asks for it brings it back, as whatever happens to an object does. */
  get relay(): Relay {
    return this.#here.relay
  }

  get wire(): Wire | null {
    return this.#wires.findLast(({ isCut }) => !isCut) ?? null
  }

  /** Memory, wire and sockets are gone. */
  kill(): void {
    this.isDead = true
    this.#forget()
    clearTimeout(this.#alarm)
    for (const member of [...this.members.values()]) member.closed(1006)
    this.members.clear()
  }

  /** Memory and wire are gone; members' sockets stay, and what is stored. */
  evict(): void {
    if (!this.isDead) this.#forget()
  }

  /** Is it connected to a circle that answers, or parked? */
  get isFine(): boolean {
    if (this.#parked !== null) return true // it needs none
    const { wire } = this
    const isHeard = wire !== null && !wire.isSilent && this.#instance?.relay.state === 'up'
    return isHeard && !this.#circle.isDown && !this.#circle.isStopped
  }

  /** For how long it has been without memory, though it has members and is not parked (ms). */
  get asleepFor(): number {
    const isOwed = this.#instance === null && this.#parked === null && this.members.size > 0
    return isOwed ? Date.now() - this.#asleepSince : 0
  }

  /** Notes whether it is fine: before anything that may end it, and with everything that it does. */
  note(): void {
    if (this.isFine) this.fineAt = Date.now()
  }

  /** Does something with the relay, and sets what it is woken by. */
  run(act: (now: number) => void): void {
    if (this.isDead) return
    const { relay, wakeUps } = this.#here
    this.note()
    act(Date.now())
    for (const id of this.#slow.splice(0)) relay.dropSlow(id, Date.now())
    wakeUps.schedule(relay, Date.now())
  }

  /** A member's socket is gone. */
  left(session: string): void {
    this.members.delete(session)
    const isAsleep = this.#instance === null
    this.run(now => (isAsleep ? this.relay.leftAsleep(now) : this.relay.left(session, 1000, now)))
  }

  get #here(): Instance {
    if (this.#instance !== null) return this.#instance
    if (this.members.size > 0) this.fineAt = Date.now() // as the relay takes it, which has no memory
    this.#instance = this.#start()
    return this.#instance
  }

  #forget(): void {
    this.#instance = null
    this.#asleepSince = Date.now()
    this.wire?.cut('relay')
  }

  #start(): Instance {
    const isHere = () => this.#instance === instance && !this.isDead
    const run = (act: (now: number) => void) => isHere() && this.run(act)
    const dialer = new Dialer({
      open: () => this.#open(isHere),
      opened: () => run(now => instance.relay.opened(now)),
      received: text => run(now => instance.relay.receive(text, now)),
      lost: () => run(now => instance.relay.lost(now)),
    })
    const wakeUps = new WakeUps({
      setTimer(act, ms) {
        const timer = setTimeout(() => isHere() && act(), ms)
        return () => clearTimeout(timer)
      },
      setAlarm: at => this.#setAlarm(at),
      wake: () => run(now => instance.relay.wake(now)),
    })
    const sockets = {
      deliver: (id: string, delivery: Delivery) => this.#deliver(id, delivery),
      close: (id: string, code: CloseName) => this.#close(id, code),
      store: (id: string, attachment: MemberAttachment) => void this.#attachments.set(id, attachment),
      backlog: () => 0,
      lastPingAt: () => Date.now(),
      confirmReceived: () => {},
    }
    const ports = {
      sockets,
      send: (text: string) => dialer.send(text),
      dial: () => void dialer.dial(),
      hangUp: () => dialer.hangUp(),
      random: () => 0.5,
      afterEventLoopTurn: (act: () => void) => void setTimeout(() => run(act), 0),
      remember: (parked: Parked | null) => {
        this.#parked = parked
        this.parkings += parked === null ? 0 : 1
      },
    }
    const attachments = [...this.#attachments.values()].filter(({ id }) => this.members.has(id))
    const relay = new Relay(ports, { attachments, parked: this.#parked }, Date.now())
    const instance = { relay, wakeUps }
    wakeUps.schedule(relay, Date.now())
    return instance
  }

  #setAlarm(at: number): void {
    clearTimeout(this.#alarm)
    const fire = () => {
      if (this.isDead) return
      const { relay, wakeUps } = this.#here
      wakeUps.alarmFired()
      this.run(now => relay.wake(now))
    }
    this.#alarm = setTimeout(fire, Math.max(0, at - Date.now()))
  }

  #deliver(id: string, delivery: Delivery): void {
    const member = this.members.get(id)
    if (member?.isSlow) this.#slow.push(id)
    else for (const frame of delivery.frames) member?.receive(String(frame))
  }

  #close(id: string, code: CloseName): void {
    const member = this.members.get(id)
    this.members.delete(id)
    member?.closed(closeCodes[code][0], Date.now() - this.fineAt)
  }

  /** A wire to the circle; it never comes if nobody answers. */
  async #open(isHere: () => boolean): Promise<DialedSocket | null> {
    const latency = this.#latency()
    await new Promise(resolve => setTimeout(resolve, latency))
    if (!isHere() || this.isUnreachable || this.#circle.isStopped) return new Promise(() => {})
    const events = new EventTarget()
    const accepted = this.#circle.accept(this.name, latency, text =>
      events.dispatchEvent(new MessageEvent('message', { data: text })),
    )
    if (accepted === null) return null
    const { wire } = accepted
    const { onCut } = wire
    wire.onCut = side => {
      if (side === 'circle') onCut(side)
      else events.dispatchEvent(new Event('close'))
    }
    this.#wires.push(wire)
    return {
      send: text => wire.sendUp(String(text)),
      close: () => wire.cut('relay'),
      addEventListener: events.addEventListener.bind(events),
    } as DialedSocket
  }
}
