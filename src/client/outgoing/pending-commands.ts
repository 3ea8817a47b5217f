import type { CommandData, CommandType } from '../../protocol/commands/commands.ts'
import { CirclesError } from '../errors.ts'
import { type CommandFrame, type Frame, type FrameOf, type HistoryPage, isUnaddressedRefusal } from '../frames.ts'

/** The reply to a command: an ack, or a page of history. */
type CommandReply = { seq?: number; duplicate?: boolean } | HistoryPage

type PendingCommand = { text: string; resolve(reply: CommandReply): void; reject(error: CirclesError): void }

const maxCommands = 256

/**
 * Commands that wait for a reply. They outlive a connection: each of them may safely be executed twice, so those without
 * a reply are sent again over the next one.
 */
export class PendingCommands {
  #pending = new Map<string, PendingCommand>()

  /** The encoded commands that still await a reply, oldest first. */
  unanswered(): string[] {
    return [...this.#pending.values()].map(({ text }) => text)
  }

  /** Adds a command. Returns its text, and a promise of its reply. */
  add<Type extends CommandType>(
    type: Type,
    id: string,
    data: CommandData<Type>,
  ): { text: string; reply: Promise<CommandReply> } {
    const text = writeCommand({ type, id, data } as CommandFrame)
    const { promise: reply, resolve, reject } = Promise.withResolvers<CommandReply>()
    if (this.#pending.size < maxCommands) this.#pending.set(id, { text, resolve, reject })
    else reject(new CirclesError('outbox_full', `${maxCommands} commands are waiting for a reply.`))
    return { text, reply }
  }

  /** Settles the command that a frame replies to. Returns false if the frame is no reply to one of these. */
  settle(frame: Frame): boolean {
    const id = frame.type === 'ack' || frame.type === 'error' || frame.type === 'history' ? frame.data.id : undefined
    const command = id === undefined ? undefined : this.#pending.get(id)
    if (id === undefined || command === undefined) return false
    this.#pending.delete(id)
    if (frame.type === 'error') command.reject(errorOf(frame))
    else if (frame.type === 'ack' || frame.type === 'history') command.resolve(frame.data)
    return true
  }

  /** Rejects every command, because no reply will come. */
  rejectAll(error: CirclesError): void {
    const commands = [...this.#pending.values()]
    this.#pending.clear()
    for (const { reject } of commands) reject(error)
  }
}

/** The text of a command. */
export const writeCommand = (frame: CommandFrame): string => JSON.stringify(frame)

/** How long (ms) an overloaded server refuses every frame; null if none of these frames is such a refusal. */
export function refusedForMs(frames: readonly Frame[]): number | null {
  const refusal = frames.find(isUnaddressedRefusal)
  return refusal === undefined ? null : (refusal.data.retry_after_ms ?? 1_000)
}

/** The error to reject with after an error frame. */
export const errorOf = ({ data }: FrameOf<'error'>): CirclesError =>
  new CirclesError(data.code, data.message, data.retry_after_ms ?? null)
