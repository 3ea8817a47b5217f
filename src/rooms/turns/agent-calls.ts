import type { AgentRegistry } from '../../agents/agent-registry.ts'
import { runTurn, type TurnProgress } from '../../agents/run-turn.ts'
import type { Limits } from '../../protocol/limits.ts'
import type { TurnRequest } from '../../protocol/turns.ts'
import { nothing, type Outcome } from '../outcome.ts'
import type { Room } from '../room.ts'
import { AccessError, agentApi, type WithRoom } from './agent-api.ts'
import { withWait } from './away.ts'

/** Runs code on the room, if it is still there, and performs the outcome. */
export type RunIfExists = (act: (room: Room, now: number) => Outcome) => void

/** The agent calls that run in this instance. They are kept in memory: a turn whose call is lost is called again. */
export class AgentCalls {
  readonly #agents: AgentRegistry
  readonly #timeoutMs: number
  readonly #waitMs: number
  readonly #run: RunIfExists
  readonly #running = new Map<string, AbortController>() // by turn

  constructor(
    agents: AgentRegistry,
    { turn_seconds, turn_wait_seconds }: Pick<Limits, 'turn_seconds' | 'turn_wait_seconds'>,
    run: RunIfExists,
  ) {
    this.#agents = agents
    this.#timeoutMs = turn_seconds * 1_000
    this.#waitMs = turn_wait_seconds * 1_000
    this.#run = run
  }

  /** Calls an agent and passes its progress and its end to the room. */
  async call(request: TurnRequest): Promise<void> {
    const turn = { id: request.turn, attempt: request.attempt }
    const control = new AbortController()
    this.#running.set(turn.id, control)
    const sink = {
      onPart: (part: TurnProgress) => {
        this.#run((room, now) => room.turnProgressed(turn, part, now))
        return control.signal.aborted ? ('stop' as const) : ('continue' as const)
      },
    }
    const result = await runTurn(this.#agents.binding(request.agent), request, sink, {
      circle: agentApi(this.#withRoom(turn)),
      signal: control.signal,
      timeoutMs: this.#timeoutMs,
      observes: this.#agents.description(request.agent).observe ?? false,
    })
    if (this.#running.get(turn.id) === control) this.#running.delete(turn.id)
    this.#run((room, now) => room.turnEnded(turn, withWait(result, request, this.#waitMs, now), now))
  }

  /** Stops the call of a turn, if one runs. */
  cancel(turn: string): void {
    this.#running.get(turn)?.abort()
  }

  /** Stops every call. */
  cancelAll(): void {
    for (const call of this.#running.values()) call.abort()
  }

  /** Runs an agent's calls on the room while its attempt is the current one. Other errors than AccessError are bugs. */
  #withRoom({ id, attempt }: { id: string; attempt: number }): WithRoom {
    return async use => {
      const results: (() => ReturnType<typeof use>)[] = []
      this.#run((room, now) =>
        room.run(context => {
          results.push(
            settled(() => {
              const turn = context.turns.current(id, attempt)
              if (turn === null) throw new AccessError('This turn is over.')
              return use(context, turn, now)
            }),
          )
          return nothing
        }, now),
      )
      const [result = fault] = results
      return result()
    }
  }
}

/** Runs the work now. The result throws an AccessError later, where the agent may see it; others are thrown now. */
function settled<Result>(work: () => Result): () => Result {
  try {
    const result = work()
    return () => result
  } catch (error) {
    if (!(error instanceof AccessError)) throw error
    return () => {
      throw error
    }
  }
}

function fault(): never {
  throw new AccessError('Something went wrong here.')
}
