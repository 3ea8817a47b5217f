import { nameForAgents } from '../../agents/names.ts'
import type { EventData, EventOf } from '../../protocol/events/events.ts'
import type { LiveTurn } from '../../protocol/frames.ts'
import type { ApprovalAsk, Decision } from '../../protocol/turns.ts'
import { type EphemeralDelivery, ephemeral } from '../outcome.ts'
import { reportActivity } from './activity.ts'
import type { Approval } from './approvals.ts'
import type { StreamingTurn } from './streaming-turn.ts'
import type { TurnContext } from './turn-context.ts'
import { failedAttempts, type Turn, type TurnDraft } from './turn-queue.ts'

// The frames and the log entries of a turn. `id` is null in all of these: a turn's row is deleted in the same
// transaction, so that a turn ends once, and an entry without an id costs a row less.

/** The keys of a reply beside its text. */
export type ReplyMarks = Pick<EventData<'agent_message'>, 'usage' | 'stopped' | 'truncated'>

/** The frame that says what an agent is doing (`agent_status`). */
export function statusFrame(
  turn: TurnDraft & { attempt: number },
  { state, tool }: { state: LiveTurn['state']; tool?: string | undefined },
  now: number,
): EphemeralDelivery {
  const { id, agent: agent_id, seq: in_reply_to, attempt } = turn
  const data = { turn: id, agent_id, in_reply_to, state, ...(tool !== undefined && { tool }), attempt }
  return { frame: ephemeral('agent_status', data, now) }
}

/** The frame with the next part of a reply's text (`agent_delta`). */
function deltaFrame(
  { id: turn, agent: agent_id }: Turn,
  next: { index: number; text: string },
  now: number,
): EphemeralDelivery {
  return { frame: ephemeral('agent_delta', { turn, agent_id, ...next }, now) }
}

/** A queued turn, for a session that joins. */
export function queuedTurn({ id, agent, seq, text }: Turn): LiveTurn {
  return { turn: id, agent_id: agent, in_reply_to: seq, state: 'queued', text, index: 0 }
}

/** Stores an agent's reply. */
export function appendReply(
  { log, agents }: TurnContext,
  turn: Turn,
  reply: ReplyMarks & { content: string },
  now: number,
): EventOf<'agent_message'> {
  const { content, ...marks } = reply
  const data: EventData<'agent_message'> = {
    content,
    agent_id: turn.agent,
    agent_name: agents.description(turn.agent).name,
    turn: turn.id,
    in_reply_to: turn.seq,
    session_id: turn.session,
    ...marks,
    hop: turn.hop,
  }
  return log.append({ type: 'agent_message', user: `agent:${turn.agent}`, id: null, data }, now)
}

/** Stores the failure of a turn. */
export function appendFailure(
  { log }: TurnContext,
  turn: TurnDraft & { attempt: number },
  { code, message }: { code: string; message: string },
  now: number,
): EventOf<'turn_failed'> {
  const { id, agent: agent_id, seq: in_reply_to, session, attempt: attempts } = turn
  const data = { turn: id, agent_id, in_reply_to, code, message, attempts }
  return log.append({ type: 'turn_failed', user: `agent:${agent_id}`, id: null, data, origin: { session } }, now)
}

/** Stores an agent's request for approval. */
export function appendApprovalRequest(
  { log }: TurnContext,
  { id: turn, agent: agent_id }: Turn,
  { approval: { id: approval, role, users, except, expires }, ask }: { approval: Approval; ask: ApprovalAsk },
  now: number,
): EventOf<'approval_requested'> {
  const { description, key, data: shown } = ask
  const bound = { description, ...(key !== undefined && { key }), ...(shown !== undefined && { data: shown }) }
  const deciders = { role, ...(users !== null && { users }), ...(except !== null && { except }) }
  const data = { approval, turn, agent_id, ...bound, ...deciders, expires_at: new Date(expires).toISOString() }
  return log.append({ type: 'approval_requested', user: `agent:${agent_id}`, id: null, data }, now)
}

/** Logs the decision on an approval; `id` is that of the command, or null: it expired, or its turn was stopped. */
export function appendDecision(
  { log }: TurnContext,
  { id: approval, turn }: Approval,
  { decision, by: user_id, by_name: user_name, note }: Omit<Decision, 'approval'>,
  { id, now }: { id: string | null; now: number },
): EventOf<'approval_decided'> {
  const by = { user_id, ...(user_name !== undefined && { user_name }) }
  const data = { approval, turn, decision, ...by, ...(note !== undefined && { note }) }
  return log.append({ type: 'approval_decided', user: user_id ?? '', id, data }, now)
}

/** A decision as the agent receives it, with the question. */
export function decisionForAgent({ id: approval, question }: Approval, answer: Omit<Decision, 'approval'>): Decision {
  const { by_name } = answer
  return { ...question, ...answer, approval, ...(by_name !== undefined && { by_name: nameForAgents(by_name) }) }
}

/** The prompt of a turn again if it is called again after a failure, for the dialects that show that. */
export function retryFrames({ messages }: TurnContext, turn: Turn, now: number): EphemeralDelivery[] {
  const retries = failedAttempts(turn) - 1
  const prompt = retries > 0 ? messages.at(turn.seq) : null
  return prompt === null ? [] : [{ frame: { type: 'retry', event: prompt, attempt: retries, at: now } }]
}

/** The status frame of a turn if one is due; what tool the agent uses is also recorded as its activity. */
export function dueStatus(context: TurnContext, streaming: StreamingTurn, now: number): EphemeralDelivery[] {
  const next = streaming.takeStatus(now)
  if (next === null) return []
  if (next.tool !== undefined) reportActivity(context, streaming.turn, { activity: 'status', detail: next.tool })
  return [statusFrame(streaming.turn, next, now)]
}

/** The delta frame of a turn if one is due, at least `intervalMs` after the last one. */
export function dueDelta(
  context: TurnContext,
  streaming: StreamingTurn,
  intervalMs: number,
  now: number,
): EphemeralDelivery[] {
  const next = streaming.takeDelta(now, intervalMs)
  const text = next === null ? null : shownText(context, next.text)
  return next === null || text === null ? [] : [deltaFrame(streaming.turn, { ...next, text }, now)]
}

/** A turn as a session that joins may see it: where a hook hides deltas, its text is hidden, too. */
export function shownTurn(context: TurnContext, turn: LiveTurn): LiveTurn {
  return context.hooks.beforeDelta === null ? turn : { ...turn, text: shownText(context, turn.text) ?? '' }
}

function shownText(context: TurnContext, text: string): string | null {
  const { beforeDelta } = context.hooks
  return beforeDelta === null || text === '' ? text : beforeDelta(context, text)
}
