import type { AgentBinding } from '../../env.ts'
import type { ApprovalAsk, CircleAccess, Decision, TurnRequest } from '../../protocol/turns.ts'
import { runTurn, type TurnOutcome, type TurnProgress } from '../run-turn.ts'
import type { Agent } from './agent.ts'

type AgentClass<Env> = new (...given: ConstructorParameters<typeof Agent<Env>>) => Agent<Env>

/** How a test asks; everything has a default. */
export type RunOptions<Env> = {
  env?: Env
  request?: Partial<TurnRequest> // history, members, session …
  decisions?: Decision['decision'][] // what people answer to what the agent asks, in order
  circle?: Partial<CircleAccess>
  signal?: AbortSignal // stops the turn, as people can
}

/** What people would have seen. */
export type TurnResult = {
  outcome: TurnOutcome // of the last call
  content: string // the answer; '' if there is none
  deltas: string[] // its pieces
  statuses: string[] // 'thinking', or the tool's name
  asked: ApprovalAsk[] // what the agent wanted to be allowed
}

/** Asks an agent one line as a room would, without a room: the class itself, or a binding to it. */
export async function askAgent<Env>(
  agent: AgentClass<Env> | Pick<AgentBinding, 'turn'>,
  content: string,
  given: RunOptions<Env> = {},
): Promise<TurnResult> {
  const binding = bindingTo(agent, given.env ?? ({} as Env))
  const circle = { ...emptyCircle, ...given.circle }
  const open = [...(given.decisions ?? [])]
  const decisions: Decision[] = []
  const asked: ApprovalAsk[] = []
  while (true) {
    const heard: TurnProgress[] = []
    const part = (part: TurnProgress) => {
      heard.push(part)
      return 'go on' as const
    }
    const request = { ...requestOf(content), ...given.request, decisions: [...decisions] }
    const outcome = await runTurn(binding, request, { part }, { circle, ...(given.signal && { signal: given.signal }) })
    if (outcome.type === 'asks') asked.push(outcome.ask)
    const decision = outcome.type === 'asks' ? open.shift() : undefined
    if (decision === undefined) return told(outcome, heard, asked)
    decisions.push({
      approval: `approval-${decisions.length + 1}`,
      decision,
      by: decision === 'expired' ? null : 'ada',
    })
  }
}

function told(outcome: TurnOutcome, heard: TurnProgress[], asked: ApprovalAsk[]): TurnResult {
  return {
    outcome,
    content: 'content' in outcome ? outcome.content : '',
    deltas: heard.flatMap(part => (part.type === 'delta' ? [part.text] : [])),
    statuses: heard.flatMap(part => (part.type === 'status' ? [part.tool ?? part.state] : [])),
    asked,
  }
}

function bindingTo<Env>(agent: AgentClass<Env> | Pick<AgentBinding, 'turn'>, env: Env): AgentBinding {
  const about = async () => ({ id: 'agent', name: 'Agent', description: '' })
  if (typeof agent !== 'function') return { describe: about, turn: (request, circle) => agent.turn(request, circle) }
  const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} }
  const instance = new agent(context as never, env)
  return { describe: () => instance.describe(), turn: (request, circle) => instance.turn(request, circle) }
}

function requestOf(content: string): TurnRequest {
  const at = '2026-01-01T12:00:00.000Z'
  const ada = { id: 'ada', name: 'Ada', kind: 'person' as const }
  return {
    turn: '01930000-0000-7000-8000-000000000001',
    attempt: 1,
    agent: 'agent',
    session_id: '00000000-0000-4000-8000-000000000001',
    channel: 'circle:test',
    circle: { title: 'Test', status: 'active' },
    asked: { seq: 1, at, author: ada, trust: 'member', content },
    history: [],
    members: [ada],
    decisions: [],
    settings: {},
    now: at,
  }
}

const emptyCircle: CircleAccess = {
  search: async () => [],
  lines: async () => ({ lines: [], more: false }),
  remind: async (at, text) => ({ id: 'reminder-1', at, text, by: 'ada' }),
  reminders: async () => [],
  forget: async () => false,
}
