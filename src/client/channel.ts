import type { ChannelName } from '../protocol/channels.ts'
import type { CommandData, CommandType, Configuration } from '../protocol/commands.ts'
import type { Limits } from '../protocol/limits.ts'
import { CirclesError } from './errors.ts'
import { type CommandFrame, eventsOf, type Frame, type FrameOf, type FrameType, type HistoryPage } from './frames.ts'
import { EphemeralSender } from './outgoing/ephemeral-sender.ts'
import { MessageSender, type SentMessage } from './outgoing/message-sender.ts'
import { PendingCommands, refusedForMs, writeCommand } from './outgoing/pending-commands.ts'
import { TokenBucket } from './outgoing/token-bucket.ts'
import type { ClientPlatform } from './platform.ts'
import { Emitter } from './state/emitter.ts'
import { HistoryLoader } from './state/history-loader.ts'
import { ReadMark } from './state/read-mark.ts'
import type { ChannelState } from './state/state.ts'
import { Store } from './state/store.ts'
import type { Entry } from './state/timeline.ts'
import { nextTyping } from './state/typing.ts'
import { type Connection, isLive } from './transport/connection.ts'
import { RefCount } from './transport/ref-count.ts'
import type { SharedTransportListener } from './transport/shared-transport.ts'
import type { Position, Transport } from './transport/websocket-transport.ts'

export type ChannelOptions = {
  name: ChannelName
  platform: ClientPlatform
  storageKey: string | null // under which lines and marks are kept; null: nowhere
  createTransport(owner: SharedTransportListener): Transport
}

export type SendOptions = { replyTo?: number; to?: string; meta?: Record<string, unknown> }

const spare = 6 // frames that lines leave to everything else

/**
 * A circle, a workspace or an agent's activity, as one program sees it. It is connected while somebody subscribes,
 * handles events, or waits for an answer, and a little longer.
 */
export class Channel {
  readonly name: ChannelName
  #platform: ClientPlatform
  #readMark: ReadMark
  #transport: Transport
  #store = new Store()
  #pendingCommands = new PendingCommands()
  #ephemeral: EphemeralSender
  #bucket = new TokenBucket()
  #sender: MessageSender
  #emitter: Emitter
  #refCount: RefCount
  #historyLoader: HistoryLoader
  #closed = false
  #cancelExpiry = (): void => {}
  #welcome: FrameOf<'welcome'> | null = null // the last one

  constructor({ name, platform: world, storageKey: shelfKey, createTransport: link }: ChannelOptions) {
    this.name = name
    this.#platform = world
    this.#readMark = new ReadMark(world.storage, shelfKey && `${shelfKey} read`)
    this.#transport = link({
      position: () => this.#position(),
      snapshot: () => this.#snapshot(),
      onFrames: frames => this.#onFrames(frames),
      onConnectionChange: connection => this.#onConnectionChange(connection),
    })
    this.#emitter = new Emitter(world.reportError)
    this.#refCount = new RefCount(
      world,
      () => {
        if (!this.#closed && this.state.connection.phase === 'idle') this.#transport.start()
      },
      () => this.#transport.stop(),
    )
    this.#ephemeral = new EphemeralSender(world, this.#store, frame => this.#send(frame))
    this.#sender = new MessageSender({
      world,
      shelfKey: shelfKey && `${shelfKey} line`,
      send: frame => this.#send(frame),
      wait: frame => this.#bucket.wait(writeCommand(frame).length, spare, world.now()),
      changed: drafts => this.#store.set({ pending: drafts }),
    })
    this.#historyLoader = new HistoryLoader({
      store: this.#store,
      now: world.now,
      history: page => this.history(page),
      arrived: events => ({ pending: this.#sender.arrived(events) }),
      shown: frames => {
        this.#emitter.emit(frames)
        this.#sender.settleUpTo(this.state.position)
      },
    })
    this.#store.set({ pending: this.#sender.drafts })
  }

  get state(): ChannelState {
    return this.#store.state
  }

  /** Calls `listener` after every change of `state`, until the function it returns is called. */
  subscribe(listener: () => void): () => void {
    return this.#refCount.acquire(this.#store.subscribe(listener))
  }

  /** Calls `handler` with every new frame of this type; events come in order, each once, and history does not. */
  on<Type extends FrameType>(type: Type, handler: (frame: FrameOf<Type>) => void): () => void {
    return this.#refCount.acquire(this.#emitter.add(type, handler))
  }

  /** The loaded line with this seq, or null. */
  entry(seq: number): Entry | null {
    return this.#store.entry(seq)
  }

  /** Sends a message. It is in `state.pending` until it is in the log; resolves once it is stored. */
  send(content: string, { replyTo, to, meta }: SendOptions = {}): Promise<SentMessage> {
    this.#ephemeral.said()
    const data = { content, ...(replyTo && { reply_to: replyTo }), ...(to && { to }), ...(meta && { meta }) }
    return this.#refCount.use(this.#sender.send(data))
  }

  /** Sends a failed line again, under its old id. */
  retry(id: string): void {
    this.#sender.retry(id)
  }

  /** Throws an unsent line away. */
  discard(id: string): void {
    this.#sender.discard(id)
  }

  edit(seq: number, content: string): Promise<void> {
    return this.#do('edit', { seq, content })
  }

  delete(seq: number): Promise<void> {
    return this.#do('delete', { seq })
  }

  react(seq: number, emoji: string, { remove = false } = {}): Promise<void> {
    return this.#do('react', remove ? { seq, emoji, remove } : { seq, emoji })
  }

  /** Stops an agent's turn; what it said so far is kept. */
  stopTurn(turn: string): Promise<void> {
    return this.#do('stop', { turn })
  }

  approve(approval: string, note?: string): Promise<void> {
    return this.#do('approve', note === undefined ? { approval } : { approval, note })
  }

  reject(approval: string, note?: string): Promise<void> {
    return this.#do('reject', note === undefined ? { approval } : { approval, note })
  }

  configure(configuration: Configuration): Promise<void> {
    return this.#do('configure', configuration)
  }

  /** Renews who we are on the live socket, without a reconnect. */
  authenticate(token: string): Promise<void> {
    return this.#do('auth', { token })
  }

  /** Tells the others that we type, or stopped to. Call it on every key: it says no more than is needed. */
  setTyping(active: boolean): void {
    this.#ephemeral.typing(active)
  }

  /** Sets what others see of us in `members`, also after a reconnect. */
  setPresence(state: Record<string, unknown>): void {
    this.#ephemeral.presence(state)
  }

  /** Tells something that is not kept to those who are here, or to one of them. False if we are not connected. */
  signal(name: string, value: unknown, to?: string): boolean {
    return this.#send({ type: 'signal', data: to === undefined ? { name, value } : { name, value, to } })
  }

  /** Everything up to `seq` (all there is, if it is left out) has been read. */
  markRead(seq = this.state.position): void {
    const { lastRead: read, epoch } = this.state
    if (epoch === null || seq <= (read ?? 0)) return
    this.#store.set({ lastRead: seq })
    this.#readMark.keep(seq, epoch)
    this.#ephemeral.read(seq)
  }

  /** A page of the log as it is, oldest first; it does not touch `state`. */
  async history(page: CommandData<'history'>): Promise<HistoryPage> {
    const answer = await this.#ask('history', page)
    return 'events' in answer ? answer : { events: [], more: false }
  }

  /** Loads the page before the oldest loaded line into `state`. */
  loadOlder(limit?: number): Promise<void> {
    return this.#historyLoader.older(limit)
  }

  /** Tries again at once: after a pause, or after the connection had ended for good. */
  reconnect(): void {
    this.#closed = false
    if (this.#refCount.isHeld) this.#transport.start()
    this.#transport.ping()
  }

  /** Asks the connection whether it is still there, or tries at once to get it back. */
  ping(): void {
    this.#transport.ping()
  }

  /** Lets go of the connection, whoever holds it. */
  disconnect(): void {
    this.#closed = true
    this.#transport.stop()
    const error = new CirclesError('closed', 'The channel was closed.')
    this.#pendingCommands.rejectAll(error)
    this.#sender.abandon(error)
  }

  #position(): Position | null {
    const { epoch, position } = this.state
    return epoch === null ? null : { since: position, epoch }
  }

  #snapshot(): Frame[] {
    if (this.#welcome === null) return []
    const { position, members, memberCount, agents, turns, circle } = this.state
    const now = { members: [...members], member_count: memberCount, agents: [...agents], live: [...turns] }
    const { data } = this.#welcome
    return [
      { type: 'welcome', data: { ...data, ...now, circle: circle ?? data.circle, head: position, recovered: null } },
    ]
  }

  #onConnectionChange(connection: Connection): void {
    if (!isLive(connection)) this.#sender.interrupted()
    this.#store.set({ connection })
    if (connection.phase !== 'ended') return
    const error = new CirclesError('ended', connection.reason?.message || 'This channel cannot be reached.')
    this.#pendingCommands.rejectAll(error)
    this.#sender.fail(error)
  }

  #onFrames(frames: Frame[]): void {
    const rest = frames.filter(frame => !this.#pendingCommands.settle(frame) && !this.#sender.settle(frame))
    const refusedMs = refusedForMs(frames)
    if (refusedMs !== null) this.#platform.after(refusedMs, () => this.#resend())
    const welcome = rest.find(frame => frame.type === 'welcome')
    if (welcome !== undefined) {
      this.#welcome = welcome
      if (this.state.lastRead === null) this.#store.set({ lastRead: this.#readMark.recall(welcome.data.epoch) })
    }
    const drafts = this.#sender.arrived(eventsOf(rest))
    const { fresh, want } = this.#store.receive(rest, this.#platform.now(), { pending: drafts })
    if (welcome !== undefined) this.#welcomed(welcome.data.limits)
    this.#emitter.emit(fresh)
    this.#historyLoader.fetch(want)
    this.#sender.settleUpTo(this.state.position)
    this.#armExpiry()
  }

  #welcomed(limits: Limits): void {
    this.#bucket.begin(limits, this.#platform.now())
    this.#ephemeral.welcomed()
    this.#resend()
    this.#sender.resume()
  }

  #resend(): void {
    for (const text of this.#pendingCommands.texts) this.#sendText(text)
  }

  async #do<Type extends CommandType>(type: Type, data: CommandData<Type>): Promise<void> {
    await this.#ask(type, data)
  }

  #ask<Type extends CommandType>(type: Type, data: CommandData<Type>) {
    const { text, answer } = this.#pendingCommands.ask(type, this.#platform.newId(), data)
    this.#sendText(text)
    return this.#refCount.use(answer)
  }

  #send(frame: CommandFrame): boolean {
    return this.#sendText(writeCommand(frame))
  }

  #sendText(text: string): boolean {
    const sent = this.#transport.send(text)
    if (sent) this.#bucket.spend(text.length, this.#platform.now())
    return sent
  }

  #armExpiry(): void {
    this.#cancelExpiry()
    const now = this.#platform.now()
    const next = nextTyping(this.#store.state.typists, now)
    if (next === null) return
    this.#cancelExpiry = this.#platform.after(next - now, () => {
      this.#store.expire(this.#platform.now())
      this.#armExpiry()
    })
  }
}
