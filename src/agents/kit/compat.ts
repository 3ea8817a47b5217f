import { WorkerEntrypoint } from '#workers'
import type { Usage } from '../../protocol/events/events.ts'
import type {
  AgentDescription,
  CircleAccess,
  TurnMessage,
  TurnRequest as TurnRequestOnWire,
} from '../../protocol/turns.ts'
import { type AgentMetadata, descriptionOf } from './agent-metadata.ts'
import type { Reply as CurrentReply } from './reply.ts'
import { serveTurn } from './serve-turn.ts'
import type { TurnRequest as CurrentTurnRequest } from './turn-request.ts'

// The names that `circles-rooms/agent` had in 0.1. They work until 0.2, which deletes this file.

/** The reply, with its names of 0.1. */
export type Reply = CurrentReply & {
  /** @deprecated Use `write`. */
  say(text: string): Promise<void>
  /** @deprecated Use `reportUsage`. */
  used(tokens: Usage): void
}

/** A turn, with its names of 0.1. */
export type TurnRequest = CurrentTurnRequest & {
  /** @deprecated Use `message`. */
  asked: TurnMessage
}

/** @deprecated Use `TurnMessage`. */
export type Line = TurnMessage

/** Adds the names of 0.1 to a reply. */
export function withReplyAliases(reply: CurrentReply): Reply {
  return { ...reply, say: reply.write, used: reply.reportUsage }
}

/** Adds the names of 0.1 to a turn. */
export function withRequestAliases(request: CurrentTurnRequest): TurnRequest {
  return { ...request, asked: request.message }
}

/** @deprecated Extend `CircleAgent`, with `metadata` and `onTurn`. */
export abstract class Agent<Env = unknown> extends WorkerEntrypoint<Env> {
  /** @deprecated Use `metadata`. */
  protected abstract readonly about: AgentMetadata

  /** @deprecated Use `onTurn`. */
  protected abstract answer(request: TurnRequest, reply: Reply): Promise<void>

  /** RPC method: returns the agent's name and description. */
  async describe(): Promise<AgentDescription> {
    return descriptionOf(this.about)
  }

  /** RPC method: runs one turn and returns the reply as a byte stream of NDJSON parts. */
  async turn(request: TurnRequestOnWire, circle?: CircleAccess): Promise<ReadableStream<Uint8Array>> {
    return serveTurn(
      (request, reply) => this.answer(withRequestAliases(request), withReplyAliases(reply)),
      request,
      circle,
    )
  }
}
