import { WorkerEntrypoint } from '#workers'
import type { AgentDescription, CircleAccess, TurnRequest as TurnRequestOnWire } from '../../protocol/turns.ts'
import { type AgentMetadata, descriptionOf } from './agent-metadata.ts'
import { withReplyAliases, withRequestAliases } from './compat.ts'
import type { Reply } from './reply.ts'
import { serveTurn } from './serve-turn.ts'
import type { TurnRequest } from './turn-request.ts'

/** Base class of an agent: a Worker entrypoint that Circles binds as `AGENT_<ID>` and people mention as `@<id>`. */
export abstract class CircleAgent<Env = unknown> extends WorkerEntrypoint<Env> {
  /** The name and the description that people see. */
  protected abstract readonly metadata: AgentMetadata

  /**
   * Replies to one message. After a crash the same turn is called again, with the same `request.turn` and a higher
   * `request.attempt`. The reply is stored once, but make your own side effects idempotent. To fail with a message for
   * people, throw an `AgentError`.
   */
  protected abstract onTurn(request: TurnRequest, reply: Reply): Promise<void>

  /** RPC method: returns the agent's name and description. */
  async describe(): Promise<AgentDescription> {
    return descriptionOf(this.metadata)
  }

  /** RPC method: runs one turn and returns the reply as a byte stream of NDJSON parts. */
  async turn(request: TurnRequestOnWire, circle?: CircleAccess): Promise<ReadableStream<Uint8Array>> {
    return serveTurn(
      (request, reply) => this.onTurn(withRequestAliases(request), withReplyAliases(reply)),
      request,
      circle,
    )
  }
}
