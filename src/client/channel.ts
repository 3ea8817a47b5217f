import type { ChannelName } from '../protocol/channels/channels.ts'
import type { CommandData, CommandType, Configuration } from '../protocol/commands/commands.ts'
import { type SizeLimits, sizeLimits } from '../protocol/size-limits.ts'
import type { ClientTypes, CommandsOf, FrameIn, FrameTypeIn, MetaOf, PresenceOf, SignalsOf } from './client-types.ts'
import { CirclesError } from './errors.ts'
import {
  type CommandFrame,
  type EventFrame,
  eventsOf,
  type Frame,
  type FrameOf,
  type HistoryPage,
  isUnreadRefusal,
} from './frames.ts'
import { encodeCommand, encodeQueued } from './outgoing/encode-command.ts'
import { EphemeralSender } from './outgoing/ephemeral-sender.ts'
import { MessageSender, type SentCommand, type SentMessage } from './outgoing/message-sender.ts'
import { errorOf, PendingCommands, refusedForMs } from './outgoing/pending-commands.ts'
import { Emitter } from './state/emitter.ts'
import { HistoryLoader } from './state/history-loader.ts'
import { ReadMark } from './state/read-mark.ts'
import type { ChannelState, Snapshot } from './state/state.ts'
import { Store } from './state/store.ts'
import type { Entry } from './state/timeline.ts'
import { TypingTimer } from './state/typing-timer.ts'
import type { SteadyPlatform } from './steady-clock.ts'
import { type Connection, isLive } from './transport/connection.ts'
import { RefCount } from './transport/ref-count.ts'
import type { SharedTransportListener } from './transport/shared-transport.ts'
import type { Transport } from './transport/transport.ts'

/** What a channel is made of. */
export type ChannelOptions = {
  name: ChannelName
  platform: SteadyPlatform
  storageKey: string | null // of unsent messages and the read position; null: they are not kept
  createTransport(listener: SharedTransportListener): Transport
}

/**
 * What a message may have besides its text: the message it replies to, the agent it is for, any data of your own, and files
 * (ids) that the user has uploaded. A message of files alone may have no text.
 */
export type SendOptions<Types extends ClientTypes = ClientTypes> = {
  replyTo?: number
  to?: string
  meta?: MetaOf<Types>
  attachments?: readonly string[]
}

/**
 * A circle, a workspace or an agent's activity. It connects when it is subscribed to, gets a handler or waits for a
 * reply, and disconnects three seconds after the last of these ends. `Types`: those of the application (see ClientTypes).
 */
export class Channel<Types extends ClientTypes = ClientTypes> {
  readonly name: ChannelName
  readonly #platform: SteadyPlatform
  readonly #store: Store
  readonly #emitter: Emitter
  readonly #transport: Transport
  readonly #refCount: RefCount
  readonly #commands: PendingCommands
  readonly #messages: MessageSender
  readonly #ephemeral: EphemeralSender
  readonly #historyLoader: HistoryLoader
  readonly #readMark: ReadMark
  #isDisconnected = false // by `disconnect`, until `reconnect`
  #welcome: FrameOf<'welcome'> | null = null // the last one
  readonly #typing: TypingTimer

  /** @internal The client makes channels. */
  constructor({ name, platform, storageKey, createTransport }: ChannelOptions) {
    this.name = name
    this.#platform = platform
    this.#store = new Store(platform.reportError)
    this.#emitter = new Emitter(platform.reportError)
    this.#readMark = new ReadMark(platform.storage, storageKey && `${storageKey} read`)
    this.#transport = createTransport({
      position: () => this.#store.resumePosition,
      current: () => {
        const { state } = this.#store
        return this.#welcome && { state, welcome: this.#welcome, eventsAfter: seq => this.#store.eventsAfter(seq) }
      },
      onFrames: frames => this.#onFrames(frames),
      onConnectionChange: connection => this.#onConnectionChange(connection),
    })
    this.#refCount = new RefCount(
      platform,
      () => {
        if (!this.#isDisconnected && this.#store.state.connection.phase === 'idle') this.#transport.start()
      },
      () => this.#transport.stop(),
    )
    this.#commands = new PendingCommands(platform, (text, key) => this.#transport.send({ text, key }))
    this.#ephemeral = this.#createEphemeralSender()
    this.#messages = this.#createMessageSender(storageKey)
    this.#historyLoader = this.#createHistoryLoader()
    this.#typing = new TypingTimer(platform, this.#store)
    this.#store.set({ pending: this.#messages.pending })
  }

  #createMessageSender(storageKey: string | null): MessageSender {
    return new MessageSender({
      platform: this.#platform,
      storageKey: storageKey && `${storageKey} line`, // the key of 0.1, under which messages may be waiting
      encode: frame => encodeQueued(frame, this.#limits),
      halt: () => this.#halt(),
      send: frame => this.#transport.send(frame),
      waitMs: frame => this.#transport.waitMs(frame),
      onChange: pending => this.#store.set({ pending }),
    })
  }

  #createEphemeralSender(): EphemeralSender {
    return new EphemeralSender({
      platform: this.#platform,
      store: this.#store,
      encode: frame => this.#encode(frame),
      send: frame => this.#transport.send(frame),
    })
  }

  #createHistoryLoader(): HistoryLoader {
    return new HistoryLoader({
      store: this.#store,
      now: this.#platform.elapsed,
      fetchPage: page => this.history(page),
      changeWith: events => ({ pending: this.#messages.onEvents(events) }),
      onApplied: frames => this.#onApplied(frames),
    })
  }

  /** Everything that is known of the channel, as one immutable value. */
  get state(): ChannelState<Types> {
    return this.#store.state as ChannelState as ChannelState<Types> // the server checks what is in it, not the types
  }

  /** Calls `listener` after every change of `state`. Returns a function that stops this. */
  subscribe(listener: () => void): () => void {
    return this.#refCount.acquire(this.#store.subscribe(listener))
  }

  /**
   * Calls `handler` with every new frame of this type. Events come in order, each once; older history does not come.
   * Returns a function that removes the handler.
   */
  on<Type extends FrameTypeIn<Types>>(type: Type, handler: (frame: FrameIn<Types, Type>) => void): () => void {
    return this.#refCount.acquire(this.#emitter.add(type, handler))
  }

  /** The loaded entry with this seq, or null. */
  entry(seq: number): Entry<Types> | null {
    return this.#store.entry(seq) as Entry<Types> | null
  }

  /** The loaded events after `seq`, in order; null if some of them are not loaded. */
  eventsAfter(seq: number): EventFrame[] | null {
    return this.#store.eventsAfter(seq)
  }

  /**
   * Shows what `snapshotOf` kept, until there is a connection, which then resumes after it. Does nothing once there was one.
   */
  restore(snapshot: Snapshot): void {
    this.#store.restore(snapshot, this.#readMark.load(snapshot.welcome.epoch))
  }

  /** Sends a message. It is in `state.pending` until it is in `state.entries`; resolves once it is stored. */
  send(content: string, { replyTo, to, meta, attachments = [] }: SendOptions<Types> = {}): Promise<SentMessage> {
    this.#ephemeral.onMessage()
    const data = {
      content,
      ...(replyTo && { reply_to: replyTo }),
      ...(to && { to }),
      ...(meta && { meta: meta as Record<string, unknown> }),
      ...(attachments.length > 0 && { attachments: [...attachments] }),
    }
    return this.#refCount.use(this.#messages.send(data))
  }

  /**
   * Sends a command of the application's own, in one order with messages. Like a message it is kept and sent again under
   * its id until the server replies, so it is carried out once. Resolves then; rejects if it is refused.
   */
  command<Type extends keyof CommandsOf<Types> & string>(
    type: Type,
    data: CommandsOf<Types>[Type],
  ): Promise<SentCommand> {
    return this.#refCount.use(this.#messages.sendCommand(type, data))
  }

  /** Sends a failed message again, under its id. */
  retry(id: string): void {
    this.#messages.retry(id)
  }

  /** Drops a message that was not sent. */
  discard(id: string): void {
    this.#messages.discard(id)
  }

  /** Replaces the text of a message. */
  edit(seq: number, content: string): Promise<void> {
    return this.#execute('edit', { seq, content })
  }

  /** Deletes a message. */
  delete(seq: number): Promise<void> {
    return this.#execute('delete', { seq })
  }

  /** Adds the user's reaction to a message, or removes it. */
  react(seq: number, emoji: string, { remove = false } = {}): Promise<void> {
    return this.#execute('react', remove ? { seq, emoji, remove } : { seq, emoji })
  }

  /** Stops an agent's turn; the text so far is kept. */
  stopTurn(turn: string): Promise<void> {
    return this.#execute('stop', { turn })
  }

  /** Approves what an agent asked for. */
  approve(approval: string, note?: string): Promise<void> {
    return this.#execute('approve', note === undefined ? { approval } : { approval, note })
  }

  /** Rejects what an agent asked for. */
  reject(approval: string, note?: string): Promise<void> {
    return this.#execute('reject', note === undefined ? { approval } : { approval, note })
  }

  /** Changes the channel's settings. */
  configure(configuration: Configuration): Promise<void> {
    return this.#execute('configure', configuration)
  }

  /** Replaces the token of the live connection, without a reconnect. */
  authenticate(token: string): Promise<void> {
    return this.#execute('auth', { token })
  }

  /** Shows others that the user is typing, or has stopped. Call it on every key: it is throttled. */
  setTyping(active: boolean): void {
    this.#ephemeral.setTyping(active)
  }

  /**
   * Sets the state that others see of the user in `members`, also after a reconnect. It goes out as fast as the rate limit
   * allows, and a state that waits is replaced by the next one. Throws a CirclesError if the state is too large.
   */
  setPresence(state: PresenceOf<Types>): void {
    this.#ephemeral.setPresence({ ...state })
    this.#store.set({ presence: { ...state } })
  }

  /** Changes some keys of the user's presence state, or those that a function returns for the present state. */
  updatePresence(
    change: Partial<PresenceOf<Types>> | ((state: PresenceOf<Types> | null) => Partial<PresenceOf<Types>>),
  ): void {
    const { presence } = this.state
    const changed = typeof change === 'function' ? change(presence) : change
    this.setPresence({ ...presence, ...changed } as PresenceOf<Types>)
  }

  /**
   * Sends an ephemeral value to everyone who is online, or to one user, as fast as the rate limit allows: a value that
   * waits is replaced by the next one of its name. Returns false if we are not connected. Throws a CirclesError if the
   * value is too large.
   */
  signal<Name extends keyof SignalsOf<Types> & string>(
    name: Name,
    value: SignalsOf<Types>[Name],
    to?: string,
  ): boolean {
    return this.#ephemeral.signal(name, value, to)
  }

  /** Marks everything up to `seq` as read; without it, everything there is. */
  markRead(seq: number = this.#store.state.position): void {
    const { lastRead, epoch } = this.#store.state
    if (epoch === null || seq <= (lastRead ?? 0)) return
    this.#store.set({ lastRead: seq })
    this.#readMark.save(seq, epoch)
    this.#ephemeral.markRead(seq)
  }

  /** Requests a page of the log, oldest first; `state` does not change. */
  async history(page: CommandData<'history'>): Promise<HistoryPage> {
    const reply = await this.#request('history', page)
    return 'events' in reply ? reply : { events: [], more: false }
  }

  /** Loads the page before the oldest loaded event into `state`. */
  loadOlder(limit?: number): Promise<void> {
    return this.#historyLoader.loadOlder(limit)
  }

  /** Finds out whether the connection still works; without one, tries again at once. */
  ping(): void {
    this.#transport.ping()
  }

  /** Connects again at once: during a back-off, after `disconnect`, or after the connection ended for good. */
  reconnect(): void {
    this.#isDisconnected = false
    if (this.#refCount.isHeld) this.#transport.start()
    else if (this.#halt() !== null) this.#transport.stop() // the next use starts it
    this.#transport.ping()
  }

  /** Disconnects, also while there are subscribers, and rejects everything that waits for a reply. */
  disconnect(): void {
    this.#isDisconnected = true
    this.#transport.stop()
    const error = new CirclesError('closed', 'The channel was disconnected.')
    this.#commands.rejectAll(error)
    this.#messages.abandon(error)
  }

  #onConnectionChange(connection: Connection): void {
    if (!isLive(connection)) this.#messages.onDisconnect()
    this.#store.set({ connection })
    const error = this.#halt()
    if (error === null || this.#isDisconnected) return
    this.#commands.rejectAll(error)
    this.#messages.fail(error)
  }

  /** Why no command can be sent before `reconnect`, or null. */
  #halt(): CirclesError | null {
    const { phase, reason } = this.#store.state.connection
    if (this.#isDisconnected) return new CirclesError('closed', 'The channel was disconnected.')
    if (phase !== 'ended' && phase !== 'signed_out') return null
    return new CirclesError(phase, reason?.message || 'This channel cannot be reached.')
  }

  #onFrames(frames: Frame[]): void {
    const rest = frames.filter(frame => !this.#commands.settle(frame) && !this.#messages.settle(frame))
    const unread = frames.find(isUnreadRefusal)
    if (unread !== undefined) this.#commands.rejectAll(errorOf(unread))
    const refusedMs = refusedForMs(frames)
    if (refusedMs !== null) this.#platform.after(refusedMs, () => this.#onPauseEnd())
    const welcome = rest.find(frame => frame.type === 'welcome')
    if (welcome !== undefined) {
      this.#welcome = welcome
      if (this.#store.state.lastRead === null) this.#store.set({ lastRead: this.#readMark.load(welcome.data.epoch) })
    }
    const pending = this.#messages.onEvents(eventsOf(rest))
    const { fresh, missing } = this.#store.apply(rest, this.#platform.elapsed(), { pending })
    if (welcome !== undefined) this.#onWelcome()
    this.#emitter.emit(fresh)
    this.#historyLoader.fetch(missing)
    this.#messages.settleUpTo(this.#store.state.position)
    this.#typing.set()
  }

  #onApplied(frames: readonly Frame[]): void {
    this.#emitter.emit(frames)
    this.#messages.settleUpTo(this.#store.state.position)
  }

  #onWelcome(): void {
    const { lastRead, epoch } = this.#store.state
    if (lastRead !== null && epoch !== null) this.#readMark.save(lastRead, epoch) // also where nothing was unread at first
    this.#ephemeral.onWelcome()
    this.#commands.resend()
    this.#historyLoader.onWelcome()
    this.#messages.onConnect()
  }

  /** The server accepts frames again: those that it refused are sent once more. */
  #onPauseEnd(): void {
    this.#ephemeral.resendPresence()
    this.#commands.resend()
  }

  async #execute<Type extends CommandType>(type: Type, data: CommandData<Type>): Promise<void> {
    await this.#request(type, data)
  }

  async #request<Type extends CommandType>(type: Type, data: CommandData<Type>) {
    const id = this.#platform.newId()
    const text = this.#encode({ type, id, data } as CommandFrame)
    const error = this.#halt()
    if (error !== null) throw error
    return this.#refCount.use(this.#commands.add(id, text))
  }

  #encode(frame: CommandFrame): string {
    return encodeCommand(frame, this.#limits)
  }

  get #limits(): SizeLimits {
    return this.#store.state.limits ?? sizeLimits
  }
}
