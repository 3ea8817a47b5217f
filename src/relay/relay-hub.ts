import type { CloseName } from '../protocol/close-codes.ts'
import type { DialectName } from '../protocol/dialects/index.ts'
import type { LoggedEvent } from '../protocol/events/events.ts'
import type { Member } from '../protocol/frames.ts'
import type { RelayFigures } from '../protocol/stats.ts'
import type { RelaySessions, RelaySessionsPorts, RelaySocket } from '../rooms/object/relay-sessions.ts'
import type { Delivery } from '../rooms/object/subscriber.ts'
import { nothing, sequence } from '../rooms/outcome.ts'
import type { Attachment } from '../rooms/sessions/attachment.ts'
import { closeSession } from '../rooms/sessions/lifecycle.ts'
import type { Session, SessionId } from '../rooms/sessions/session.ts'
import { AwayRelays, type WakeRelay } from './away-relays.ts'
import { canCatchUp, messagesOf, missedEvents, rosterNow } from './catch-up.ts'
import { HubSessions, type RelayedSession } from './hub-sessions.ts'
import { type LinkAttachment, mark, snapshotsOn } from './link-attachment.ts'
import { Mover } from './mover.ts'
import { OutTexts } from './out-texts.ts'
import { type Plan, planFor, writePlan } from './plan.ts'
import { RelayLink } from './relay-link.ts'
import { SessionStore } from './session-store.ts'
import type { RelaySettings } from './settings.ts'
import { type Hello, type MemberFrame, readRelayHeader, relayVersion, type UpFrame } from './wire.ts'

const ringEvents = 2_000 // that a relay without members is sent, so that those who come back find them there

type Join = Extract<UpFrame, { t: 'join' }>

/**
 * A circle's side of its relays. To the room, a member behind a relay is a session like any other: what differs is that
 * its frames go out together with those of its relay's other members, and that it is stored in a row instead of on a
 * socket, so that it outlives not only the object's memory but also its connections.
 */
export class RelayHub implements RelaySessions {
  readonly #ports: RelaySessionsPorts
  readonly #settings: RelaySettings
  readonly #sessions: HubSessions
  readonly #mover: Mover
  readonly #links = new Map<string, RelayLink>()
  readonly #names = new WeakMap<RelaySocket, string>()
  readonly #away: AwayRelays
  readonly #shared = new Map<DialectName, Delivery>() // of this run: for every session that is sent nothing of its own
  #events: LoggedEvent[] = [] // of this run
  #erases = false
  #isLoaded = false

  /** `wake`: null if relays cannot be called, and none may park. */
  constructor(ports: RelaySessionsPorts, settings: RelaySettings, wake: WakeRelay | null) {
    this.#ports = ports
    this.#away = new AwayRelays(ports, wake, link => this.#expired(link))
    this.#settings = settings
    this.#sessions = new HubSessions(new SessionStore(ports.sql), ports.setTimer)
    this.#mover = new Mover({
      ...ports,
      plan: () => this.#plan(),
      move: ids => this.#end(ids, ['restart', 'moved: resume from the last seq']),
    })
  }

  get plan(): string {
    return writePlan(this.#plan())
  }

  figures(): RelayFigures[] {
    return [...this.#links.values()].map(link => link.figures)
  }

  has(id: SessionId): boolean {
    return this.#sessions.find(id) !== undefined
  }

  restore(): Attachment[] {
    if (!this.#isLoaded) this.#load()
    const snapshots = new Map(
      [...this.#links.values()].map(link => [link.name, this.#away.snapshotsOf(link) ?? snapshotsOn(link.socket)]),
    )
    return [...this.#sessions.attachments()].map(([attachment, relay]) => {
      const shared = snapshots.get(relay)
      snapshots.delete(relay) // one session of each is enough
      return shared === undefined ? attachment : { ...attachment, ...shared }
    })
  }

  store(id: SessionId, { notes, ledger, tally, ...own }: Attachment): void {
    const session = this.#sessions.find(id)
    if (session === undefined) return
    const link = this.#links.get(session.relay)
    const shared = { ...(notes && { notes }), ...(ledger && { ledger }), ...(tally && { tally }) }
    const socket = link?.socket
    if (socket && Object.keys(shared).length > 0) {
      mark(socket, shared)
    }
    this.#sessions.put(session, own)
    const { expires } = own.principal
    if (own.cursor !== null || (session.isLive && session.expires === expires)) return
    Object.assign(session, { isLive: true, expires })
    link?.send({ t: 'member', session: id, expires })
  }

  opened(header: string, socket: RelaySocket): boolean {
    const name = readRelayHeader(header)
    if (name === null) return false
    this.#names.set(socket, name)
    socket.serializeAttachment({ v: relayVersion, relay: name, ready: false } satisfies LinkAttachment)
    return true
  }

  receive(socket: RelaySocket, text: string | ArrayBuffer): boolean {
    const name = this.#nameOf(socket)
    if (name === null) return false
    const read = typeof text === 'string' ? (JSON.parse(text) as UpFrame | UpFrame[]) : []
    for (const frame of Array.isArray(read) ? read : [read]) this.#receive(name, socket, frame)
    return true
  }

  closed(socket: RelaySocket): void {
    const link = this.#links.get(this.#nameOf(socket) ?? '')
    if (link?.socket === socket) this.#away.lose(link)
  }

  noteEvents(events: readonly LoggedEvent[]): void {
    this.#events.push(...events)
    this.#erases ||= events.some(({ type }) => type.endsWith('_deleted'))
  }

  *receivers(typingUsers: ReadonlySet<string>): Generator<Session> {
    const context = this.#ports.room()?.context
    if (context === undefined) return
    const { sessions, presence } = context
    for (const id of this.#ports.ownSessions()) yield* present(sessions.get(id))
    const typing = [...typingUsers].flatMap(user => [...presence.sessionsOf(user)]).filter(id => this.has(id))
    const special = new Set([...[...this.#sessions.special].map(({ id }) => id), ...typing])
    for (const id of special) yield* present(sessions.get(id))
    for (const link of this.#links.values()) {
      if (link.isAway) continue
      for (const dialect of link.dialects) {
        for (const id of this.#shared.has(dialect) ? [] : (link.byDialect.get(dialect) ?? [])) {
          const session = special.has(id) ? undefined : sessions.get(id)
          if (session !== undefined) yield session
          if (this.#shared.has(dialect)) break // the others of this dialect get the same, at every relay
        }
      }
    }
  }

  deliver(id: SessionId, delivery: Delivery): void {
    const session = this.#sessions.find(id)
    const link = this.#links.get(session?.relay ?? '')
    if (session === undefined || link === undefined || link.isAway) return // what matters of it is in the log
    if (delivery.isShared === true) this.#shared.set(session.dialect, delivery)
    else {
      session.pending += delivery.frames.reduce((sum, frame) => sum + frame.length, 0)
      link.add(id, delivery)
    }
  }

  flush(): void {
    const context = this.#ports.room()?.context
    const epoch = context?.settings.epoch
    const events = this.#events
    const [first, last] = [events[0], events.at(-1)]
    let messages: string[] | undefined
    const run = {
      ...(first !== undefined && last !== undefined && { events: [first.seq, last.seq] as const }),
      ...(this.#erases && { erases: true as const }),
      ring: () => (messages ??= context === undefined ? [] : messagesOf(context, 'native', events)),
    }
    const texts = new OutTexts(run, this.#shared)
    for (const link of this.#links.values()) {
      if (link.isParked) {
        if (events.length > 0 || link.isWanted(this.#shared)) this.#away.call(link)
        continue
      }
      if (epoch !== undefined && link.epoch !== epoch) this.#tellLog(link, epoch)
      link.flush(texts)
      if (link.isSlow) this.#drop(link, [4430, 'too slow: come back with the last seq'])
    }
    this.#shared.clear()
    this.#events = []
    this.#erases = false
    this.#mover.consider(this.#sessions.size)
  }

  close(id: SessionId, code: CloseName, reason: string): void {
    const session = this.#sessions.find(id)
    if (session === undefined) return
    const link = this.#forget(session)
    if (link === undefined || link.socket === null) this.#away.closed(id, code, reason)
    if (link?.isParked === true) this.#away.call(link)
    else link?.send({ t: 'close', session: id, code, reason })
  }

  lastPingAt(): number {
    return 0 // its relay closes a member that is silent
  }

  backlog(id: SessionId): number {
    return this.#sessions.find(id)?.pending ?? 0
  }

  confirmReceived(id: SessionId): void {
    const session = this.#sessions.find(id)
    if (session !== undefined) this.#links.get(session.relay)?.send({ t: 'confirm', session: id })
  }

  forget(): void {
    this.#sessions.forget()
    this.#away.forget()
    for (const link of this.#links.values()) link.empty()
  }

  #load(): void {
    this.#isLoaded = true
    for (const socket of this.#ports.sockets()) {
      const { v, relay, ready } = socket.deserializeAttachment() as LinkAttachment
      if (v !== relayVersion) {
        socket.close(1012, 'another version')
        continue
      }
      this.#names.set(socket, relay)
      if (ready) this.#linkOf(relay).attach(socket)
    }
    const unfinished = this.#sessions.load()
    for (const { id, relay, dialect } of this.#sessions.all()) this.#linkOf(relay).enter(id, dialect)
    for (const { id, relay } of unfinished) this.#links.get(relay)?.send({ t: 'close', session: id, ...resumes })
    this.#away.load(name => this.#linkOf(name))
    for (const link of this.#links.values()) if (link.isAway && link.lostAt === null) this.#away.lose(link)
  }

  #receive(name: string, socket: RelaySocket, frame: UpFrame): void {
    if (frame.t === 'hello') {
      this.#hello(name, socket, frame)
      return
    }
    const link = this.#links.get(name)
    if (link?.socket !== socket) return // a newer connection of this relay has taken its place
    switch (frame.t) {
      case 'join':
        this.#ports.background(this.#join(link, socket, frame))
        break
      case 'from':
        this.#from(link, frame)
        break
      case 'left':
        this.#left([frame.session], frame.code)
        break
      case 'drained':
        this.#drained(frame.session)
        break
      case 'taken':
        link.taken(frame.characters)
        break
      case 'park':
        this.#away.park(link, snapshotsOn(link.socket))
        if (link.isParked) mark(socket, { ready: false })
        break
      default:
        frame satisfies never
    }
  }

  #from(link: RelayLink, { session, frame, n }: Extract<UpFrame, { t: 'from' }>): void {
    const { socket } = link
    const handled = () => {
      if (link.socket === socket) link.handled(n)
    }
    this.#ports.receive({ from: session, frame: toFrame(frame), handled })
  }

  /** In one run: of a relay that has died these are thousands. */
  #left(ids: Iterable<SessionId>, code: number): void {
    const sessions = [...ids].flatMap(id => this.#sessions.find(id) ?? [])
    for (const session of sessions) this.#forget(session)
    const gone = sessions.map(({ id }) => id)
    if (gone.length > 0) this.#ports.left(gone, code)
  }

  #drained(id: SessionId): void {
    const session = this.#sessions.find(id)
    if (session !== undefined) session.pending = 0
  }

  async #join(link: RelayLink, socket: RelaySocket, { ref, caller, ring }: Join): Promise<void> {
    const accept = (id: SessionId) => {
      if (link.socket !== socket) throw new Error('the relay was cut off while its member was being admitted')
      this.#sessions.add(id, link.name, caller.dialect)
      link.enter(id, caller.dialect)
      link.send({ t: 'joined', ref, session: id, plan: this.plan })
    }
    const member = { ...caller, relay: link.name, ...(ring && { ring }) }
    const refusal = await this.#ports.connect(member, accept).catch((error: unknown) => {
      this.#ports.failed(error)
      return unavailable
    })
    if (refusal !== null && link.socket === socket) link.send({ t: 'refused', ref, refusal })
  }

  /** A relay is connected, for the first time or again. Nothing else is sent in between. */
  #hello(name: string, socket: RelaySocket, hello: Hello): void {
    const link = this.#linkOf(name)
    this.#ports.run(() => nothing) // frames that came before are handled first: their acks are not for this connection
    if (link.socket !== null) this.#drop(link, [4409, 'this relay has connected anew'])
    this.#left(link.sessions.difference(new Set(hello.sessions)), 1006)
    const room = this.#ports.room()
    const context = room?.context ?? null
    const seq = context !== null && hello.epoch === context.settings.epoch && hello.seq !== null ? hello.seq : null
    const goesOn = seq !== null && context !== null && canCatchUp(context, seq)
    const from = goesOn
      ? seq
      : context === null
        ? 0
        : Math.max(context.log.earliest - 1, context.log.head - ringEvents, 0)
    if (!goesOn) this.#end([...link.sessions], [resumes.code, resumes.reason])
    mark(socket, { ready: true })
    link.attach(socket)
    const closed = hello.sessions.filter(id => !link.sessions.has(id)).map(id => this.#reasonOf(id))
    link.epoch = context?.settings.epoch ?? null
    link.send({ t: 'ready', epoch: link.epoch, seq: from, closed, plan: this.plan })
    this.#catchUp(link, from, hello.roster ?? [])
    link.send({ t: 'filled' })
  }

  #catchUp(link: RelayLink, seq: number, before: readonly Member[]): void {
    this.#away.back(link)
    const context = this.#ports.room()?.context
    if (context === undefined) return
    const names = [...new Set([...link.sessions].flatMap(id => this.#sessions.find(id)?.dialect ?? []))]
    for (const page of missedEvents(context, [...new Set([...names, 'native' as const])], seq)) link.send(page)
    if (names.length > 0) link.send(rosterNow(context, names, { before, now: this.#ports.now() }))
  }

  #reasonOf(id: SessionId): [SessionId, CloseName, string] {
    const known = this.#away.reasonOf(id)
    if (known !== undefined) return [id, ...known]
    return this.#ports.room() === null ? [id, 'deleted', 'the channel was deleted'] : [id, resumes.code, resumes.reason]
  }

  #tellLog(link: RelayLink, epoch: string): void {
    const head = this.#ports.room()?.context.log.head ?? 0
    const seq = (this.#events[0]?.seq ?? head + 1) - 1
    link.epoch = epoch
    link.send({ t: 'log', epoch, seq })
  }

  /** Lets a relay's connection go. It connects again, and goes on where it was. */
  #drop(link: RelayLink, [code, reason]: [number, string]): void {
    if (link.socket !== null) mark(link.socket, { ready: false }) // the next instance may find it open
    link.socket?.close(code, reason)
    this.#away.lose(link)
  }

  /** A relay did not come back. */
  #expired(link: RelayLink): void {
    this.#left(link.sessions, 1006)
    this.#links.delete(link.name)
  }

  #plan(): Plan {
    const sessions = this.#ports.room()?.context.sessions.size ?? 0
    return planFor(this.#settings, sessions, this.#links.size)
  }

  #end(ids: readonly SessionId[], reason: [CloseName, string]): void {
    if (ids.length === 0) return
    this.#ports.run((room, now) =>
      room.run(context => {
        const sessions = ids.flatMap(id => context.sessions.get(id) ?? [])
        return sequence(...sessions.map(session => closeSession(context, session, reason, now)))
      }, now),
    )
  }

  #forget(session: RelayedSession): RelayLink | undefined {
    const link = this.#links.get(session.relay)
    link?.leave(session.id, session.dialect)
    this.#sessions.remove(session)
    return link
  }

  #linkOf(name: string): RelayLink {
    const link = this.#links.get(name) ?? new RelayLink(name)
    this.#links.set(name, link)
    return link
  }

  #nameOf(socket: RelaySocket): string | null {
    if (!this.#isLoaded) this.#load()
    return this.#names.get(socket) ?? null
  }
}

function present(session: Session | undefined): Session[] {
  return session === undefined ? [] : [session]
}

const resumes = { code: 'restart', reason: 'resume from the last seq' } as const
const unavailable = { status: 503, code: 'unavailable', message: 'The circle could not be reached.' } as const

function toFrame(frame: MemberFrame): string | ArrayBuffer {
  return typeof frame === 'string' ? frame : new ArrayBuffer(frame.bytes)
}
