import { mentionsIn } from '../../agents/mentions.ts'
import { withoutNames } from '../../agents/names.ts'
import { routeMessage } from '../../agents/routing.ts'
import type { EventOf, Usage } from '../../protocol/events/events.ts'
import type { StoredMessage } from '../log/messages.ts'
import type { Budget, BudgetViolation } from './budget.ts'
import { authorOf, memoryOf, type TurnContext } from './turn-context.ts'
import type { TurnDraft, TurnQueue } from './turn-queue.ts'
import { usageHistory } from './usage-history.ts'

/** A message, stored or about to be. */
export type Prompt = { [Type in StoredMessage['type']]: Pick<EventOf<Type>, 'type' | 'data'> }[StoredMessage['type']]

/** A turn that a message prompts, and the reason why it may not begin, or null. */
type AdmittedTurn = { draft: TurnDraft; violation: BudgetViolation | null }

/**
 * The agents that a message prompts (T2). An agent's own message prompts only whom it mentions, and never itself (T7).
 */
export function agentsFor(
  { settings, agents, kind, log, presence }: Omit<TurnContext, 'rights'>,
  message: Prompt,
): readonly string[] {
  if (!kind.wakesAgents) return []
  const { content } = message.data
  const known = agents.ids
  if (message.type === 'agent_message') {
    const names = [...presence.members().map(({ name }) => name), ...namesAbove(log, message.data.in_reply_to)]
    return mentionsIn(withoutNames(content, names), known).filter(agent => agent !== message.data.agent_id)
  }
  const { default_agent, rules } = settings.value
  return routeMessage({ to: message.data.to ?? null, content, rules, defaultAgent: default_agent, known })
}

/** The display names of the people whose messages led to a reply. */
function namesAbove(log: TurnContext['log'], seq: number | undefined): string[] {
  const event = seq === undefined ? null : log.at(seq)
  return event?.type === 'message' ? [event.data.user_name] : []
}

/** Decides which turns may begin: the length of the queue, the budgets, the loop guard. */
export class TurnAdmission {
  readonly #context: TurnContext
  readonly #queue: TurnQueue
  #budget: Budget | null = null // read from the log when the first agent is prompted

  constructor(context: TurnContext, queue: TurnQueue) {
    this.#context = context
    this.#queue = queue
  }

  /** The turns that a message prompts of these agents, one after the other: each counts for those after it. */
  *admit(
    message: StoredMessage,
    { agents, request }: { agents: readonly string[]; request: string | null },
    now: number,
  ): Generator<AdmittedTurn> {
    const { newId, settings } = this.#context
    for (const agent of agents) {
      this.#budget ??= usageHistory(this.#context, now)
      const draft = {
        id: newId(),
        seq: message.seq,
        agent,
        session: memoryOf(settings, message),
        promptedBy: authorOf(message),
        hop: message.data.hop + 1,
        request,
      }
      const violation = this.#budget.check(draft, now) ?? this.#checkQueue(agent)
      if (violation === null) this.#budget.recordTurn(draft.promptedBy, agent, now)
      yield { draft, violation }
    }
  }

  /** Counts the tokens of a reply. */
  recordUsage({ promptedBy, agent }: TurnDraft, { input_tokens, output_tokens }: Usage, now: number): void {
    this.#budget?.recordTokens(promptedBy, agent, input_tokens + output_tokens, now)
  }

  #checkQueue(agent: string): BudgetViolation | null {
    const { turns_queued, turn_seconds } = this.#context.limits
    if (this.#queue.queued(agent) < turns_queued) return null
    const message = `${this.#context.agents.description(agent).name} has ${turns_queued} prompts waiting already.`
    return { code: 'rate_limited', message, retryAfterMs: turn_seconds * 1_000 }
  }
}
