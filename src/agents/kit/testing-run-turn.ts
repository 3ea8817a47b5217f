import type { AgentBinding } from '../../env.ts'
import type {
  ApprovalAsk,
  CircleAccess,
  Decision,
  TurnRequest as TurnRequestOnWire,
  TurnStep,
} from '../../protocol/turns.ts'
import { runTurn as callAgent, type TurnOutcome, type TurnProgress } from '../run-turn.ts'
import type { TurnRequest } from './turn-request.ts'

/** An agent's class, as a Worker exports it. */
export type AgentClass<Env> = new (context: never, env: Env) => Pick<AgentBinding, 'describe' | 'turn'>

/** How a test runs a turn. Everything has a default. */
export type RunOptions<Env> = {
  env?: Env
  request?: Partial<TurnRequest> // such as `history`, `members` or `reminder`
  decisions?: Decision['decision'][] // on the approvals that the agent asks for, in order
  circle?: Partial<CircleAccess>
  signal?: AbortSignal // stops the turn, as a `stop` does
}

/** The result of a turn: its outcome, and everything that people would have seen of it. */
export type TurnResult = {
  outcome: TurnOutcome // of the last call
  content: string // the text of the reply; '' if there is none
  deltas: string[] // the pieces in which the text came, in the last call
  statuses: string[] // 'thinking', or the name of the tool, in the last call
  approvals: ApprovalAsk[] // that the agent asked for, in all calls
}

/**
 * Prompts an agent with one message as a room would, without a room. When the agent asks for an approval, it is called
 * again with the next of `decisions`; when there is none left, the turn ends in the outcome `asks`.
 */
export async function runTurn<Env>(
  agent: AgentClass<Env> | Pick<AgentBinding, 'turn'>,
  content: string,
  options: RunOptions<Env> = {},
): Promise<TurnResult> {
  const binding = bindingTo(agent, options.env ?? ({} as Env))
  const upcoming = [...(options.decisions ?? [])]
  const request = requestWith(content, options.request)
  const steps: TurnStep[] = [...(request.steps ?? [])]
  const decisions: Decision[] = []
  const approvals: ApprovalAsk[] = []
  while (true) {
    const { outcome, progress } = await callOnce(binding, { ...request, decisions: [...decisions], steps }, options)
    if (outcome.type !== 'asks') return resultOf(outcome, progress, approvals)
    approvals.push(outcome.ask)
    steps.push(...progress.flatMap(({ type, ...part }) => (type === 'step' ? [part as TurnStep] : [])))
    const decision = upcoming.shift()
    if (decision === undefined) return resultOf(outcome, progress, approvals)
    decisions.push(decided(outcome.ask, decision, decisions.length + 1))
  }
}

async function callOnce<Env>(
  binding: AgentBinding,
  request: TurnRequestOnWire,
  { circle, signal }: RunOptions<Env>,
): Promise<{ outcome: TurnOutcome; progress: TurnProgress[] }> {
  const progress: TurnProgress[] = []
  const onPart = (part: TurnProgress) => {
    progress.push(part)
    return 'continue' as const
  }
  const timeoutMs = (request.turn_seconds ?? 60) * 1_000
  const access = { circle: { ...emptyCircle, ...circle }, timeoutMs, ...(signal && { signal }) }
  return { outcome: await callAgent(binding, request, { onPart }, access), progress }
}

function decided({ minutes: _, ...question }: ApprovalAsk, decision: Decision['decision'], count: number): Decision {
  const by = decision === 'expired' ? { by: null } : { by: 'ada', by_name: 'Ada' }
  return { ...question, approval: `approval-${count}`, decision, ...by }
}

function resultOf(outcome: TurnOutcome, progress: TurnProgress[], approvals: ApprovalAsk[]): TurnResult {
  return {
    outcome,
    content: 'content' in outcome ? outcome.content : '',
    deltas: progress.flatMap(part => (part.type === 'delta' ? [part.text] : [])),
    statuses: progress.flatMap(part => (part.type === 'status' ? [part.tool ?? part.state] : [])),
    approvals,
  }
}

function bindingTo<Env>(agent: AgentClass<Env> | Pick<AgentBinding, 'turn'>, env: Env): AgentBinding {
  const describe = async () => ({ id: 'agent', name: 'Agent', description: '' })
  if (typeof agent !== 'function') return { describe, turn: (request, circle) => agent.turn(request, circle) }
  const context = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} }
  const instance = new agent(context as never, env)
  return { describe: () => instance.describe(), turn: (request, circle) => instance.turn(request, circle) }
}

/** Builds the request as the room would send it: a message from Ada, and what the test wants to be different. */
function requestWith(content: string, { message, ...rest }: Partial<TurnRequest> = {}): TurnRequestOnWire {
  const at = '2026-01-01T12:00:00.000Z'
  const ada = { id: 'ada', name: 'Ada', kind: 'person' as const }
  return {
    turn: '01930000-0000-7000-8000-000000000001',
    attempt: 1,
    agent: 'agent',
    session_id: '00000000-0000-4000-8000-000000000001',
    channel: 'circle:test',
    circle: { title: 'Test', status: 'active' },
    asked: message ?? { seq: 1, at, author: ada, trust: 'member', content },
    history: [],
    members: [ada],
    decisions: [],
    steps: [],
    settings: {},
    turn_seconds: 60,
    now: at,
    ...rest,
  }
}

const emptyCircle: CircleAccess = {
  search: async () => [],
  lines: async () => ({ lines: [], more: false }),
  remind: async (at, text) => ({ id: 'reminder-1', at, text, by: 'ada' }),
  reminders: async () => [],
  forget: async () => false,
}
