import type { CommandData, CommandType } from '../../protocol/commands.ts'
import { CirclesError } from '../errors.ts'
import { type CommandFrame, type Frame, type HistoryPage, isNamelessRefusal } from '../frames.ts'

/** What a command was answered with. */
export type CommandReply = { seq?: number; duplicate?: boolean } | HistoryPage

type Request = { text: string; resolve(answer: CommandReply): void; reject(error: CirclesError): void }

const maxRequests = 256

/**
 * Commands that wait for their answer. They outlive a connection: every one of them may be done twice without harm, so
 * what was not answered is sent again over the next.
 */
export class PendingCommands {
  #open = new Map<string, Request>()

  get size(): number {
    return this.#open.size
  }

  /** All that was not answered, oldest first. */
  get texts(): string[] {
    return [...this.#open.values()].map(({ text }) => text)
  }

  ask<Type extends CommandType>(
    type: Type,
    id: string,
    data: CommandData<Type>,
  ): { text: string; answer: Promise<CommandReply> } {
    const text = writeCommand({ type, id, data } as CommandFrame)
    const { promise: answer, resolve, reject } = Promise.withResolvers<CommandReply>()
    if (this.#open.size < maxRequests) this.#open.set(id, { text, resolve, reject })
    else reject(new CirclesError('outbox_full', `${maxRequests} commands wait for an answer.`))
    return { text, answer }
  }

  /** Gives an answer to the one who waits for it. False: it is for somebody else. */
  settle(frame: Frame): boolean {
    const id = frame.type === 'ack' || frame.type === 'error' || frame.type === 'history' ? frame.data.id : undefined
    const request = id === undefined ? undefined : this.#open.get(id)
    if (id === undefined || request === undefined) return false
    this.#open.delete(id)
    if (frame.type === 'error') request.reject(errorOf(frame.data))
    else if (frame.type === 'ack' || frame.type === 'history') request.resolve(frame.data)
    return true
  }

  /** Nobody will answer any more. */
  rejectAll(error: CirclesError): void {
    const open = [...this.#open.values()]
    this.#open.clear()
    for (const { reject } of open) reject(error)
  }
}

export const writeCommand = (frame: CommandFrame): string => JSON.stringify(frame)

/** For how long (ms) the server takes nothing, whoever asked; null if these frames do not say so. */
export function refusedForMs(frames: readonly Frame[]): number | null {
  const refusal = frames.find(isNamelessRefusal)
  return refusal === undefined ? null : (refusal.data.retry_after_ms ?? 1_000)
}

/** A refusal as an error to reject with. */
export const errorOf = (data: Extract<Frame, { type: 'error' }>['data']): CirclesError =>
  new CirclesError(data.code, data.message, data.retry_after_ms ?? null)
