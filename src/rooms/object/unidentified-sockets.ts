import type { CloseName } from '../../protocol/close-codes.ts'
import type { Command } from '../../protocol/commands/commands.ts'
import type { Decoded } from '../../protocol/dialects/dialect.ts'
import { limits } from '../../protocol/limits.ts'
import { fits } from '../../protocol/text.ts'
import type { CallerContext } from '../../rpc/channel.ts'
import type { TokenCheckResult } from '../sessions/authenticate.ts'
import type { IdentifiedCaller } from '../sessions/caller-context.ts'
import { closeForGood, isOfSession } from './sockets.ts'

/** How many sockets of one object may wait for their first token at once. */
export const maxUnidentified = 100
/** How long a socket that connected without a token may take until one is accepted (ms; A4). */
export const firstTokenMs = 5_000

const heldFrames = 20 // of one socket, while its token is being checked …
const heldCharacters = limits.frame_bytes // … and their length in all
const tag = 'unidentified' // of sockets that were accepted without a token; tags stay for a socket's life

/** A socket that has not authenticated yet. */
type Waiting = {
  caller: CallerContext
  since: number // ms
  held: Frame[] | null // frames that wait while the first token is checked; null: it has not come yet
}

/** What is attached to such a socket. */
type WaitingAttachment = { v: 1; waiting: { caller: CallerContext; since: number } }

type Frame = string | ArrayBuffer

type Ports = {
  /** The token in a first frame, or null if it is anything else. */
  readToken(frame: Frame, caller: CallerContext): string | null
  verifyToken(token: string): Promise<TokenCheckResult>
  /** Takes a socket into the room, with the frames that it sent meanwhile; returns why it must close instead, or null. */
  enter(socket: WebSocket, caller: IdentifiedCaller, held: Frame[]): [CloseName, string] | null
  /** Keeps the object awake until the work is done. */
  background(work: Promise<void>): void
  now(): number
  setTimer(run: () => void, ms: number): void
}

/**
 * The sockets of one object that have not authenticated yet (A4). They stand outside the room: nothing here reads or
 * writes storage or calls another object, and the room is opened for a socket only once its token was accepted. What
 * must outlive a hibernation is attached to the socket.
 */
export class UnidentifiedSockets {
  readonly #context: DurableObjectState
  readonly #ports: Ports
  readonly #waiting = new Map<WebSocket, Waiting>()
  readonly #outside = new WeakSet<WebSocket>() // also those that were closed: what they still send concerns no room
  #isTimerSet = false

  /** Finds the sockets that outlived the last instance. */
  constructor(context: DurableObjectState, ports: Ports) {
    this.#context = context
    this.#ports = ports
    for (const socket of context.getWebSockets(tag)) this.#restore(socket)
    this.#setTimer()
  }

  /** Accepts a socket without a token; false: too many are waiting already. */
  accept(socket: WebSocket, caller: CallerContext): boolean {
    if (this.#waiting.size >= maxUnidentified) return false
    const since = this.#ports.now()
    this.#context.acceptWebSocket(socket, [tag])
    socket.serializeAttachment({ v: 1, waiting: { caller, since } } satisfies WaitingAttachment)
    this.#outside.add(socket)
    this.#waiting.set(socket, { caller, since, held: null })
    this.#setTimer()
    return true
  }

  /** Returns whether a socket stands outside the room. */
  has(socket: WebSocket): boolean {
    return this.#outside.has(socket)
  }

  /** A frame arrived: the first must be a token; those after it wait until it is checked, in their order. */
  receive(socket: WebSocket, frame: string | ArrayBuffer): void {
    const waiting = this.#waiting.get(socket)
    if (waiting === undefined) return // it was closed
    const small = isSmall(frame) ? frame : null
    if (isTooBig(frame)) this.#close(socket, 'tooBig', 'the frame is too big')
    else if (waiting.held !== null) this.#hold(socket, waiting.held, small)
    else this.#readFirst(socket, waiting, small)
  }

  /** The peer of a socket is gone. */
  closed(socket: WebSocket): void {
    this.#waiting.delete(socket)
  }

  #restore(socket: WebSocket): void {
    const attachment = socket.deserializeAttachment() as WaitingAttachment | object | null
    if (isOfSession(attachment)) return // it authenticated, and is the room's
    this.#outside.add(socket)
    if (attachment === null || !('waiting' in attachment) || socket.readyState !== WebSocket.OPEN) return
    this.#waiting.set(socket, { ...attachment.waiting, held: null })
  }

  #readFirst(socket: WebSocket, waiting: Waiting, frame: Frame | null): void {
    const token = frame === null ? null : this.#ports.readToken(frame, waiting.caller)
    if (token === null) {
      this.#close(socket, 'unauthenticated', 'authenticate first')
      return
    }
    waiting.held = []
    this.#ports.background(this.#check(socket, waiting, token))
  }

  #hold(socket: WebSocket, held: Frame[], frame: Frame | null): void {
    const length = [...held, frame ?? ''].reduce((sum, one) => sum + sizeOf(one), 0)
    if (frame === null || held.length >= heldFrames || length > heldCharacters)
      this.#close(socket, 'unauthenticated', 'too much came before the token was checked')
    else held.push(frame)
  }

  async #check(socket: WebSocket, { caller, held }: Waiting, token: string): Promise<void> {
    const result = await this.#verify(socket, token)
    if (!this.#waiting.has(socket)) return // too late, or gone
    const refused =
      'principal' in result
        ? this.#enter(socket, { ...caller, principal: result.principal }, held ?? [])
        : refusalOf(result)
    if (refused !== null) this.#close(socket, ...refused)
  }

  #enter(socket: WebSocket, caller: IdentifiedCaller, held: Frame[]): [CloseName, string] | null {
    this.#waiting.delete(socket)
    this.#outside.delete(socket)
    const refused = this.#ports.enter(socket, caller, held)
    if (refused !== null) this.#outside.add(socket)
    return refused
  }

  async #verify(socket: WebSocket, token: string): Promise<TokenCheckResult> {
    try {
      return await this.#ports.verifyToken(token)
    } catch (error) {
      if (this.#waiting.has(socket)) this.#close(socket, 'overloaded', 'the token could not be checked')
      throw error
    }
  }

  #close(socket: WebSocket, code: CloseName, reason: string): void {
    this.#waiting.delete(socket)
    closeForGood(socket, code, reason)
  }

  #setTimer(): void {
    if (this.#isTimerSet || this.#waiting.size === 0) return
    this.#isTimerSet = true
    const first = Math.min(...[...this.#waiting.values()].map(({ since }) => since))
    this.#ports.setTimer(() => this.#expire(), Math.max(0, first + firstTokenMs - this.#ports.now()))
  }

  #expire(): void {
    this.#isTimerSet = false
    const now = this.#ports.now()
    for (const [socket, { since }] of [...this.#waiting]) {
      if (now >= since + firstTokenMs) this.#close(socket, 'unauthenticated', 'no token came in time')
    }
    this.#setTimer()
  }
}

/** Why a socket is closed whose token was refused; a token that may be good later needs no other one. */
function refusalOf(result: Exclude<TokenCheckResult, { principal: unknown }>): [CloseName, string] {
  if ('ignored' in result) return ['unauthenticated', 'This deployment takes no tokens.']
  const { message, retry_after_ms } = result.refused
  return [retry_after_ms === undefined ? 'unauthenticated' : 'overloaded', message]
}

function sizeOf(frame: Frame): number {
  return typeof frame === 'string' ? frame.length : frame.byteLength
}

function isSmall(frame: Frame): boolean {
  return typeof frame === 'string' ? fits(frame, limits.frame_bytes) : frame.byteLength <= limits.frame_bytes
}

function isTooBig(frame: Frame): boolean {
  return typeof frame === 'string' ? !fits(frame, limits.drop_bytes) : frame.byteLength > limits.drop_bytes
}

/** The token of a frame that brings one, or null. */
export function firstToken(decoded: Decoded): string | null {
  const command = 'command' in decoded ? (decoded.command as Command) : null
  return command?.type === 'auth' ? command.data.token : null
}
