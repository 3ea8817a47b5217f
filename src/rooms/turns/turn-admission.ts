import { mentionsIn } from '../../agents/mentions.ts'
import { routeMessage } from '../../agents/routing.ts'
import type { EventOf, Usage } from '../../protocol/events.ts'
import type { StoredMessage } from '../log/messages.ts'
import type { Budget, BudgetViolation } from './budget.ts'
import { authorOf, sessionOf, type TurnContext } from './turn-context.ts'
import type { TurnDraft, TurnQueue } from './turn-queue.ts'
import { usageHistory } from './usage-history.ts'

type Asker = { [Type in StoredMessage['type']]: Pick<EventOf<Type>, 'type' | 'data'> }[StoredMessage['type']]

/** Which agents a line asks, and whether they may be asked: the queue's end, the budgets, the loop guard. */
export class TurnAdmission {
  readonly #context: TurnContext
  readonly #turns: TurnQueue
  #budget: Budget | null = null // read from the log when the first agent is asked

  constructor(context: TurnContext, turns: TurnQueue) {
    this.#context = context
    this.#turns = turns
  }

  /** The turns a line asks for, each with what speaks against it. */
  *questionsOf(
    line: StoredMessage,
    request: string | null,
    now: number,
  ): Generator<{ question: TurnDraft; objection: BudgetViolation | null }> {
    for (const agent of this.agentsOf(line)) {
      this.#budget ??= usageHistory(this.#context, now)
      const question = {
        id: this.#context.newId(),
        seq: line.seq,
        agent,
        session: sessionOf(this.#context.settings, line),
        asker: authorOf(line),
        hop: line.data.hop + 1,
        request,
      }
      const objection = this.#budget.check(question, now) ?? this.#objectionOfQueue(agent)
      if (objection === null) this.#budget.asked(question.asker, agent, now)
      yield { question, objection }
    }
  }

  /** An answer has cost so much. */
  used({ asker, agent }: TurnDraft, { input_tokens, output_tokens }: Usage, now: number): void {
    this.#budget?.used(asker, agent, input_tokens + output_tokens, now)
  }

  /** Who is asked (T2). An agent's own line asks only whom it mentions, and never itself (T7). */
  agentsOf(line: Asker): string[] {
    const { settings, agents, channel } = this.#context
    if (!channel.wakesAgents) return []
    const { content } = line.data
    const known = agents.ids
    if (line.type === 'agent_message') return mentionsIn(content, known).filter(agent => agent !== line.data.agent_id)
    const { default_agent, rules } = settings.value
    return routeMessage({ to: line.data.to ?? null, content, rules, defaultAgent: default_agent, known })
  }

  #objectionOfQueue(agent: string): BudgetViolation | null {
    const { turns_queued, turn_seconds } = this.#context.limits
    if (this.#turns.queued(agent) < turns_queued) return null
    const message = `${this.#context.agents.about(agent).name} has ${turns_queued} questions waiting already`
    return { code: 'rate_limited', message, retryAfterMs: turn_seconds * 1_000 }
  }
}
