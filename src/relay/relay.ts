import type { CloseName } from '../protocol/close-codes.ts'
import { dialects } from '../protocol/dialects/index.ts'
import type { ConnectRefusal } from '../rooms/sessions/access.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import type { IdentifiedCaller } from '../rpc/channel.ts'
import { leaseMs, quietMs } from './lease.ts'
import { Members, type RelayMember } from './members.ts'
import type { JoinAnswer, Kept, RelayPorts } from './relay-ports.ts'
import { Ring } from './ring.ts'
import { Roster } from './roster.ts'
import { tooMany, UnhandledFrames } from './unhandled-frames.ts'
import { Upstream, type UpstreamState } from './upstream.ts'
import type { DownFrame, MemberFrame, Out, Ready, UpFrame } from './wire.ts'

const joinMs = 8_000 // a member waits so long to be admitted
const restMs = 30_000 // without a member for so long, a relay lets its connection go
const takenCharacters = 262_144
const tellMs = 500 // between two messages with who has come and gone, on average: each is billed
const tellBurst = 20 // that may follow each other at once

type Joining = JoinAnswer & { caller: IdentifiedCaller; until: number; isServed: boolean }

/**
 * A relay: the sockets of some members of a circle, and one connection to the circle's object, which decides everything.
 * Frames of members go up as they are; what comes down is written once, and handed to every member that it is for. It owns
 * no socket, no clock and no timer.
 */
export class Relay {
  /** The plan for new sockets, as the circle said last. */
  plan = ''
  readonly #ports: RelayPorts
  readonly #members: Members
  readonly #upstream: Upstream
  readonly #unhandled: UnhandledFrames
  readonly #ring = new Ring()
  readonly #roster: Roster
  readonly #joining = new Map<number, Joining>()
  readonly #unsent = new Map<number, Joining>() // those of them of which the circle was not told
  #joins = 0
  #gone: [id: SessionId, code: number][] = [] // of which the circle was not told
  #tellAt = 0 // when the next such message would be due if they came evenly
  #epoch: string | null = null
  #seq: number | null = null // of the last event that members were sent
  #emptySince: number | null
  #received = 0 // characters that the circle was not told of
  #spokenAt: number // when the last frame came or went
  #isCalled = false // by the circle, after it agreed that this relay parks
  #isAsking = false // whether it may park, and nothing was sent since

  /** `attachments`: of the members whose sockets outlived the last instance; `parked`: it was parked then. */
  constructor(ports: RelayPorts, { attachments, parked }: Kept, now: number) {
    this.#ports = ports
    this.#members = new Members(ports.sockets, attachments, now)
    this.#upstream = new Upstream(ports, now)
    this.#unhandled = new UnhandledFrames({
      isUp: () => this.#upstream.state === 'up',
      send: frames => this.#send(frames),
      afterEventLoopTurn: run => ports.afterEventLoopTurn(run),
    })
    this.#roster = new Roster(this.#members.size > 0 ? (parked?.roster ?? []) : [])
    this.#emptySince = this.#members.size === 0 ? now : null
    this.#spokenAt = now
    if (this.#members.size === 0 && parked !== null) ports.remember(null) // all have left while it was not in memory
    if (this.#members.size === 0) return
    if (parked === null) this.#upstream.need(now)
    else {
      ;({ epoch: this.#epoch, seq: this.#seq } = parked)
      this.#upstream.park(now)
    }
  }

  get size(): number {
    return this.#members.size + this.#joining.size
  }

  get state(): UpstreamState {
    return this.#upstream.state
  }

  /** Somebody wants to come in: the circle decides. */
  join(caller: IdentifiedCaller, answer: JoinAnswer, now: number): void {
    this.#joins += 1
    this.#emptySince = null
    const joining = { ...answer, caller, until: now + joinMs, isServed: false }
    this.#joining.set(this.#joins, joining)
    this.#unsent.set(this.#joins, joining)
    if (this.#upstream.state === 'up') this.#tellComings(now)
    else this.#need(now)
  }

  /** The circle has something for this relay, which is parked. */
  called(now: number): void {
    this.#isCalled = this.#upstream.state === 'up' // its last frame is still under way
    this.#need(now)
  }

  /** A member sent a frame. */
  frame(id: SessionId, frame: MemberFrame, now: number): void {
    const member = this.#members.seen(id, now)
    if (member === null) return
    this.#spokenAt = now
    this.#need(now)
    if (!this.#unhandled.push(id, frame)) this.#refuse(member, frame, now)
  }

  /** A member's socket is gone. */
  left(id: SessionId, code: number, now: number): void {
    if (!this.#members.remove(id)) return
    this.#need(now)
    const { state } = this.#upstream
    if (state !== 'up') this.#unhandled.drop(id)
    if (state === 'up' || state === 'greeting') this.#gone.push([id, code]) // else the next hello does not name it
    if (state === 'up') this.#tellComings(now)
    this.#noteEmpty(now)
  }

  /** A member's socket ended while this relay was not in memory: the next hello, which does not name it, tells the circle. */
  leftAsleep(now: number): void {
    this.#need(now)
  }

  /** The connection to the circle is there. */
  opened(now: number): void {
    this.#upstream.opened(now)
    this.#isCalled = false
    this.#received = 0
    this.#gone = []
    const roster = this.#roster.members()
    const log = { epoch: this.#epoch, seq: this.#seq }
    this.#send({ t: 'hello', ...log, sessions: this.#members.ids(), ...(roster.length > 0 && { roster }) })
  }

  /** The connection is gone, or could not be made. Sockets stay open, but for those that would miss something. */
  lost(now: number): void {
    const wasGreeted = this.#upstream.state === 'up' || this.#upstream.state === 'greeting'
    this.#upstream.lost(now)
    for (const ref of [...this.#joining.keys()]) if (!this.#unsent.has(ref)) this.#refuseJoin(ref, 'away')
    if (wasGreeted) this.#closeUncertain(now)
  }

  /** A frame of the circle. */
  receive(text: string, now: number): void {
    if (this.#upstream.answered(text)) return
    this.#spokenAt = now
    this.#take(JSON.parse(text) as DownFrame, now)
    this.#confirm(text.length)
    for (const id of this.#members.takeDrained()) this.#send({ t: 'drained', session: id })
  }

  /** When something is due next (ms), or null. */
  nextWake(now: number): number | null {
    const { provenAt, state } = this.#upstream
    const isCut = this.#members.size > 0 && state !== 'up' && state !== 'parked'
    const due = [
      this.#upstream.nextWake(),
      this.#members.nextWake(now),
      isCut ? provenAt + leaseMs : null,
      state === 'up' && this.#hasComings ? this.#tellsFrom : null,
      this.#mayPark ? this.#spokenAt + quietMs : null,
      this.#emptySince === null || state === 'idle' ? null : this.#emptySince + restMs,
      this.#joining.values().next().value?.until ?? null, // the oldest is the first
    ]
    return due.reduce((least, at) => (least === null || at === null ? (least ?? at) : Math.min(least, at)), null)
  }

  /** Does what is due. */
  wake(now: number): void {
    for (const [ref, { until }] of [...this.#joining]) if (now >= until) this.#refuseJoin(ref, 'away')
    const isUp = this.#upstream.state === 'up'
    const isParked = this.#upstream.state === 'parked'
    for (const id of this.#members.silent(now)) this.#close(id, 'heartbeat', 'nothing came for too long', now)
    if (!isUp) for (const id of this.#members.expired(now)) this.#close(id, 'expired', 'the token has ended', now)
    if (!isUp && !isParked && now >= this.#upstream.provenAt + leaseMs) {
      for (const id of this.#members.ids()) this.#close(id, 'overloaded', 'the circle cannot be reached', now)
    }
    if (isUp) this.#tellComings(now)
    this.#noteEmpty(now)
    if (this.#emptySince !== null && now >= this.#emptySince + restMs) this.#upstream.rest(now)
    else if (this.#upstream.wake(now)) this.lost(now)
    if (isUp) for (const id of this.#members.takeDrained()) this.#send({ t: 'drained', session: id })
    if (this.#mayPark && now >= this.#spokenAt + quietMs) {
      this.#spokenAt = now
      this.#send({ t: 'park' })
      this.#isAsking = true
    }
  }

  /** A member does not take what it is sent. */
  dropSlow(id: SessionId, now: number): void {
    this.#close(id, 'tooSlow', 'too slow: resume from the last seq', now)
  }

  #take(frame: DownFrame, now: number): void {
    switch (frame.t) {
      case 'ready':
        this.#ready(frame, now)
        break
      case 'filled':
        this.#filled(now)
        break
      case 'out':
        this.#out(frame, now)
        break
      case 'joined':
        this.plan = frame.plan
        this.#joined(frame.ref, frame.session, now)
        break
      case 'refused':
        this.#refuseJoin(frame.ref, frame.refusal)
        break
      case 'member':
        this.#members.settle(frame.session, frame.expires)
        break
      case 'close':
        this.#end(frame.session, [frame.code, frame.reason], now)
        break
      case 'confirm':
        this.#ports.sockets.confirmReceived(frame.session)
        break
      case 'log':
        this.#log(frame.epoch, frame.seq, now)
        break
      case 'parked':
        this.#park(now)
        break
      default:
        frame satisfies never
    }
  }

  #ready({ epoch, seq, closed, plan }: Ready, now: number): void {
    for (const [id, code, reason] of closed) this.#end(id, [code, reason], now)
    if (epoch !== this.#epoch || seq !== this.#seq) this.#ring.clear()
    this.#epoch = epoch
    this.#seq = seq
    this.plan = plan
  }

  /** The members have everything that they missed; what they sent meanwhile goes up. */
  #filled(now: number): void {
    this.#upstream.greeted(now)
    this.#unhandled.sendAll()
    this.#tellComings(now)
  }

  get #mayPark(): boolean {
    const { state } = this.#upstream
    const isIdle = this.#joining.size === 0 && !this.#hasComings && this.#unhandled.isEmpty
    return state === 'up' && isIdle && this.#members.size > 0 && this.#members.areSettled
  }

  /** The circle has agreed; what came since then, or is under way to it, needs a connection at once. */
  #park(now: number): void {
    this.#ports.remember({ epoch: this.#epoch, seq: this.#seq, roster: this.#roster.members() })
    this.#upstream.park(now)
    for (const [ref, joining] of this.#joining) this.#unsent.set(ref, joining) // the circle has heard of none of them
    if (this.#isCalled || !this.#isAsking || this.#hasComings) this.#need(now)
  }

  #need(now: number): void {
    if (this.#upstream.state === 'parked') this.#ports.remember(null)
    this.#upstream.need(now)
  }

  /** There is a hole, or a repeat, in what the circle sent: neither may reach a member. */
  #connectAnew(now: number): void {
    this.#ports.hangUp()
    this.lost(now)
  }

  #log(epoch: string, seq: number, now: number): void {
    if (epoch === this.#epoch) {
      if (seq !== this.#seq) this.#connectAnew(now) // what an instance sent last was lost with it
      return
    }
    this.#epoch = epoch
    this.#seq = seq
    this.#ring.clear()
  }

  #out({ done, events, ring, erases, all = {}, to = [] }: Out, now: number): void {
    if (events !== undefined && events[0] !== (this.#seq ?? 0) + 1) {
      this.#connectAnew(now)
      return
    }
    if (done !== undefined) this.#unhandled.handled(done)
    if (events !== undefined) {
      this.#seq = events[1]
      if (erases === true) this.#ring.clear()
      else this.#ring.add(events, all.native?.d ?? all.native?.f ?? ring ?? [])
    }
    for (const frames of [all.native ?? [], ...to.map(([, own]) => own)].flat()) this.#roster.note(frames)
    for (const id of this.#members.deliver(all, to, this.#ring))
      this.#close(id, 'restart', 'resume from the last seq', now)
  }

  #joined(ref: number, id: SessionId, now: number): void {
    const joining = this.#joining.get(ref)
    if (joining === undefined) {
      this.#send({ t: 'left', session: id, code: 1006 }) // it was told that the circle is away
      return
    }
    this.#joining.delete(ref)
    const { caller, isServed } = joining
    this.#members.add(id, caller, isServed ? caller.since : null, now)
    joining.accept(id)
    this.#members.store(id)
  }

  get #tellsFrom(): number {
    return this.#tellAt - (tellBurst - 1) * tellMs
  }

  get #hasComings(): boolean {
    return this.#gone.length > 0 || this.#unsent.size > 0
  }

  /** Tells the circle who has gone and who wants to come in: at once, or, if many do, together with those of half a second. */
  #tellComings(now: number): void {
    if (now < this.#tellsFrom || !this.#hasComings) return
    this.#unhandled.drain() // what those said who have gone
    this.#tellAt = Math.max(this.#tellAt, now) + tellMs
    const gone = this.#gone.map(([session, code]): UpFrame => ({ t: 'left', session, code }))
    const come = [...this.#unsent].map(([ref, joining]): UpFrame => {
      const { caller } = joining
      joining.isServed = this.#isInRing(caller)
      return { t: 'join', ref, caller, ...(joining.isServed && { ring: true }) }
    })
    this.#gone = []
    this.#unsent.clear()
    this.#send([...gone, ...come])
  }

  #isInRing({ dialect, since, epoch }: IdentifiedCaller): boolean {
    return dialects[dialect].greets && since !== null && epoch === this.#epoch && this.#ring.serves(since)
  }

  #refuseJoin(ref: number, refusal: ConnectRefusal | 'away'): void {
    const joining = this.#joining.get(ref)
    this.#joining.delete(ref)
    this.#unsent.delete(ref)
    joining?.refuse(refusal)
  }

  /** A member of whom it is not certain what it was sent, or whether its last frame was stored, finds out by coming back. */
  #closeUncertain(now: number): void {
    const sent = this.#unhandled.sentBy()
    for (const { id, dialect, isSettled } of this.#members.all()) {
      const mayRepeat = sent.has(id) && !dialects[dialect].greets // its commands have no ids
      if (!isSettled || mayRepeat) this.#close(id, 'restart', 'resume from the last seq', now)
    }
  }

  #refuse({ id, dialect }: RelayMember, frame: MemberFrame, now: number): void {
    if (!dialects[dialect].greets) {
      this.#close(id, 'overloaded', 'the circle cannot be reached', now)
      return
    }
    this.#members.deliverTo(id, [tooMany(frame, now)])
  }

  /** Closes a member's socket; the circle is told. */
  #close(id: SessionId, code: CloseName, reason: string, now: number): void {
    if (!this.#members.has(id)) return
    this.left(id, 1006, now)
    this.#ports.sockets.close(id, code, reason)
  }

  /** The circle has ended a session. */
  #end(id: SessionId, [code, reason]: [CloseName, string], now: number): void {
    if (!this.#members.remove(id)) return
    this.#unhandled.drop(id)
    this.#ports.sockets.close(id, code, reason)
    this.#noteEmpty(now)
    // The runtime ends a connection that was closed from here when this object leaves memory, which a connection to the
    // circle would put off (workerd: web-socket.c++, `tryReleaseNative`). Nobody comes back to a circle that is deleted.
    if (code === 'deleted' && this.size === 0) this.#upstream.rest(now)
  }

  #noteEmpty(now: number): void {
    if (this.size > 0) this.#emptySince = null
    else {
      this.#emptySince ??= now
      this.#roster.clear()
    }
  }

  #confirm(characters: number): void {
    this.#received += characters
    if (this.#received < takenCharacters || this.#upstream.state !== 'up') return
    this.#send({ t: 'taken', characters: this.#received })
    this.#received = 0
  }

  #send(frame: UpFrame | readonly UpFrame[]): void {
    this.#isAsking = false
    this.#ports.send(JSON.stringify(frame))
  }
}
