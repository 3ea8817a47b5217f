import { AgentRegistry } from '../agents/agent-registry.ts'
import { AgentError } from '../agents/kit/agent-error.ts'
import { runTurn, type TurnOutcome } from '../agents/run-turn.ts'
import type { AgentBinding } from '../env.ts'
import type { CircleAccess, TurnMessage, TurnRequest } from '../protocol/turns.ts'

/** What an agent is asked, alone or with who asks. */
export type AgentInput =
  | string
  | {
      message: string
      userId?: string | undefined // as your middleware found it: then the message counts as a member's, else as a guest's
      memoryId?: string | undefined // the same in all calls of one conversation, for agents that remember
    }

/** How an agent is run. */
export type AgentRunOptions = {
  signal?: AbortSignal // stops the agent; `run` then returns the text so far
  onDelta?: (text: string) => void // receives the reply in pieces, as it is written
}

/** An agent behind a service binding. */
export type BoundAgent = {
  readonly name: string
  /**
   * Runs one turn outside of any circle, for at most 60 s, and returns the reply; '' if the agent stays silent. Rejects
   * with an `AgentError`, whose code and message people may see.
   */
  run(input: AgentInput, options?: AgentRunOptions): Promise<string>
}

/** Returns the agent that is bound as `AGENT_<ID>`: `agent(env, 'night-owl')` is `AGENT_NIGHT_OWL`. Throws if none is. */
export function agent(env: object, id: string): BoundAgent {
  const binding = new AgentRegistry(env).binding(id)
  if (binding === null) throw new Error(missingBinding(id))
  return { name: id, run: (input, options = {}) => run(binding, requestFor(id, input), options) }
}

async function run(binding: AgentBinding, request: TurnRequest, options: AgentRunOptions): Promise<string> {
  const { signal, onDelta } = options
  const sink = {
    onPart: (part: { type: string; text?: string }) => {
      if (part.type === 'delta' && part.text !== undefined) onDelta?.(part.text)
      return 'continue' as const
    },
  }
  return textOf(await runTurn(binding, request, sink, { circle: noCircle, ...(signal && { signal }) }))
}

function textOf(outcome: TurnOutcome): string {
  switch (outcome.type) {
    case 'answered':
    case 'stopped':
      return outcome.content
    case 'silent':
      return ''
    case 'asks':
      throw new AgentError('approval_needed', 'The agent asks for an approval, which only a circle can give.', {
        retry: false,
      })
    case 'failed':
      throw new AgentError(outcome.code, outcome.message, { retry: outcome.retry, retryAfterMs: outcome.retryAfterMs })
    default:
      return outcome satisfies never
  }
}

function requestFor(id: string, input: AgentInput): TurnRequest {
  const { message, userId, memoryId } = typeof input === 'string' ? { message: input } : input
  const turn = crypto.randomUUID()
  const memory = memoryId ?? turn
  const now = new Date().toISOString()
  return {
    turn,
    attempt: 1,
    agent: id,
    session_id: memory,
    channel: `direct:${memory}`,
    circle: { title: 'A conversation', status: 'active' },
    asked: { seq: 1, at: now, content: message, ...authorOf(userId) },
    history: [],
    members: [],
    decisions: [],
    settings: {},
    now,
  }
}

function authorOf(userId: string | undefined): Pick<TurnMessage, 'author' | 'trust'> {
  return userId === undefined
    ? { author: { id: 'guest', name: 'Guest', kind: 'guest' }, trust: 'untrusted' }
    : { author: { id: userId, name: userId, kind: 'person' }, trust: 'member' }
}

/** An agent that is run outside of a circle finds no messages, and can set no reminders. */
const noCircle: CircleAccess = {
  search: async () => [],
  lines: async () => ({ lines: [], more: false }),
  remind: async () => {
    throw new Error('There are no reminders outside of a circle.')
  },
  reminders: async () => [],
  forget: async () => false,
}

function missingBinding(id: string): string {
  const binding = `AGENT_${id.toUpperCase().replaceAll('-', '_')}`
  const service = `[[services]]\nbinding = "${binding}"\nservice = "the name of its Worker"\nentrypoint = "its class"`
  return `No agent is bound here as ${binding}. Add to wrangler.toml:\n\n${service}`
}
