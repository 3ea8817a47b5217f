import { minDefined } from '../../lib/util.ts'
import type { AnyCommand, CommandTable } from '../../protocol/commands/command-table.ts'
import { dialects } from '../../protocol/dialects/index.ts'
import type { Limits } from '../../protocol/limits.ts'
import type { Changed, Component } from '../component.ts'
import { accepted, nothing, type Outcome, refuse, respondTo, sequence } from '../outcome.ts'
import { bytesFreeAt, RateLimiter, rateLimited, takeBytes } from './rate-limit.ts'
import type { Session } from './session.ts'

const mostCharacters = 16_384 // of a frame; none that would be accepted is longer, and a longer one counts as a message
const mostKeys = 64 // that wait, of one session
const mostOfAll = 4_194_304 // characters that wait, of all sessions

/** An ephemeral command. Of those that wait, a later one with the same key replaces it. */
export type EphemeralCommand = { key: string; command: AnyCommand; characters: number }

/** Runs a command: its sender's rights are checked at that time. */
export type RunEphemeral = (session: Session, command: AnyCommand, now: number) => Outcome

/** Reads a frame that seems to have an ephemeral command; null if it has another, or will be refused. */
export function readEphemeral(session: Session, frame: string, commands: CommandTable): EphemeralCommand | null {
  if (frame.length > mostCharacters) return null
  const decoded = dialects[session.dialect].decode(frame, commands)
  if (!('command' in decoded)) return null
  const { command } = decoded // of another type than it seemed, if the frame has the key twice
  const key = commands.get(command.type)?.coalesceKey?.(command.data)
  return key === undefined ? null : { key, command, characters: frame.length }
}

type Ports = { limits: Limits; touched: Set<Session>; run: RunEphemeral }

/**
 * The ephemeral commands that came faster than their rate limit. They are of the moment, so none is refused: the latest
 * value of each kind waits, and takes the place of the one before. Memory only: while one waits, a timer keeps the object
 * awake.
 */
export class EphemeralQueue implements Component {
  readonly #ports: Ports
  readonly #limiter: RateLimiter // of each session, and of the channel; full again before the object can hibernate
  readonly #changed: Changed
  readonly #waiting = new Map<Session, Map<string, EphemeralCommand>>()
  #characters = 0
  #tickAt: number | null = null

  constructor(ports: Ports, changed: Changed) {
    const { ephemeral_per_second, ephemeral_burst } = ports.limits
    this.#ports = ports
    this.#limiter = new RateLimiter({
      ...ports.limits,
      user_messages_per_second: ephemeral_per_second,
      user_message_burst: ephemeral_burst,
    })
    this.#changed = changed
  }

  /** Runs a command now, or as soon as the limit allows. */
  push(session: Session, next: EphemeralCommand, now: number): Outcome {
    const waiting = this.#waiting.get(session)
    if (waiting === undefined && now >= this.#dueAt(session, next)) return this.#run(session, next, now)
    return this.#hold(session, next, now)
  }

  /** Drops what waits of a session that has ended. */
  remove(session: Session): void {
    const waiting = this.#waiting.get(session)
    if (waiting === undefined) return
    for (const { characters } of waiting.values()) this.#characters -= characters
    this.#waiting.delete(session)
    this.#schedule()
  }

  nextTick(): number | null {
    return this.#tickAt
  }

  onTick(now: number): Outcome {
    if (this.#tickAt === null || now < this.#tickAt) return nothing
    const ran: Outcome[] = []
    for (const [session, waiting] of [...this.#waiting]) {
      for (const next of [...waiting.values()]) {
        if (now < this.#dueAt(session, next)) break
        this.#delete(session, waiting, next)
        ran.push(respondTo(session, this.#run(session, next, now)))
      }
    }
    this.#schedule()
    return sequence(...ran)
  }

  #run(session: Session, { command, characters }: EphemeralCommand, now: number): Outcome {
    const { limits, touched, run } = this.#ports
    this.#limiter.take(session.id, now)
    if (takeBytes(session, characters, limits, now)) touched.add(session)
    return run(session, command, now)
  }

  #hold(session: Session, next: EphemeralCommand, now: number): Outcome {
    const waiting = this.#waiting.get(session) ?? new Map<string, EphemeralCommand>()
    const replaced = waiting.get(next.key)
    const isFull = replaced === undefined && waiting.size >= mostKeys
    const characters = this.#characters + next.characters - (replaced?.characters ?? 0)
    if (isFull || characters > mostOfAll) {
      return refuse(next.command.id, rateLimited(Math.max(1, this.#dueAt(session, next) - now)), now)
    }
    this.#characters = characters
    this.#waiting.set(session, waiting.set(next.key, next)) // in the place of the one before
    this.#schedule()
    return accepted(replaced?.command.id ?? null, now)
  }

  #delete(session: Session, waiting: Map<string, EphemeralCommand>, { key, characters }: EphemeralCommand): void {
    waiting.delete(key)
    this.#characters -= characters
    if (waiting.size === 0) this.#waiting.delete(session)
  }

  #dueAt(session: Session, { characters }: EphemeralCommand): number {
    return Math.max(this.#limiter.nextFrameAt(session.id), bytesFreeAt(session, characters, this.#ports.limits))
  }

  /** Another session may empty a bucket afterwards: then the tick comes too early, and finds less to do. */
  #schedule(): void {
    this.#tickAt = minDefined(...[...this.#waiting].map(([session, waiting]) => this.#firstDueAt(session, waiting)))
    this.#changed()
  }

  #firstDueAt(session: Session, waiting: ReadonlyMap<string, EphemeralCommand>): number | null {
    const [first] = waiting.values()
    return first === undefined ? null : this.#dueAt(session, first)
  }
}
