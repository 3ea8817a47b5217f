import type { AgentRegistry } from '../../agents/agent-registry.ts'
import { runTurn } from '../../agents/run-turn.ts'
import type { TurnRequest } from '../../protocol/turns.ts'
import type { Effect } from '../effects.ts'
import type { Room } from '../room.ts'
import { AccessError, agentApi, type WithRoom } from './agent-api.ts'

/** Lets the room act and performs what it says; swallows nothing but bugs, after which the room begins anew. */
type Act = (act: (room: Room, now: number) => Effect[]) => void

/** The calls of agents that run in this instance. They live in memory: a turn whose call is lost is called again. */
export class AgentCalls {
  readonly #agents: AgentRegistry
  readonly #timeoutMs: number
  readonly #act: Act
  readonly #running = new Map<string, AbortController>() // by turn

  constructor(agents: AgentRegistry, timeoutMs: number, act: Act) {
    this.#agents = agents
    this.#timeoutMs = timeoutMs
    this.#act = act
  }

  /** Calls an agent and tells the room what it says, to the end. */
  async call(request: TurnRequest): Promise<void> {
    const { turn, attempt, agent } = request
    const control = new AbortController()
    this.#running.set(turn, control)
    const sink = {
      part: (part: Parameters<Room['part']>[2]) => {
        this.#act((room, now) => room.part(turn, attempt, part, now))
        return control.signal.aborted ? ('stop' as const) : ('go on' as const)
      },
    }
    const outcome = await runTurn(this.#agents.binding(agent), request, sink, {
      circle: agentApi(this.#lend(turn, attempt)),
      signal: control.signal,
      timeoutMs: this.#timeoutMs,
    })
    if (this.#running.get(turn) === control) this.#running.delete(turn)
    this.#act((room, now) => room.ended(turn, attempt, outcome, now))
  }

  cancel(turn: string): void {
    this.#running.get(turn)?.abort()
  }

  cancelAll(): void {
    for (const call of this.#running.values()) call.abort()
  }

  /** The room, for an agent, as long as its attempt is the one that counts. What is no AccessError is a bug. */
  #lend(turnId: string, attempt: number): WithRoom {
    return async use => {
      const lent: (() => ReturnType<typeof use>)[] = []
      this.#act((room, now) => {
        lent.push(
          settled(() => {
            const turn = room.context.answers.current(turnId, attempt)
            if (turn === null) throw new AccessError('This turn is over.')
            return use(room.context, turn, now)
          }),
        )
        return []
      })
      const [result = fault] = lent
      return result()
    }
  }
}

/** Does it now, and says later how it went. Only what an agent may hear waits; anything else is thrown at once. */
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
