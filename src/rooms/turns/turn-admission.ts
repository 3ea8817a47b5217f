import type { Usage } from '../../protocol/events/events.ts'
import type { StoredMessage } from '../log/messages.ts'
import { Allowances, deploymentAccount, type Resource } from '../metering/allowances.ts'
import type { Budget, BudgetViolation } from './budget.ts'
import { authorOf, memoryOf, personBehind, type TurnContext } from './turn-context.ts'
import type { TurnDraft, TurnQueue } from './turn-queue.ts'
import { usageHistory } from './usage-history.ts'

/** A turn that a message prompts, and the reason why it may not begin, or null. */
type AdmittedTurn = { draft: TurnDraft; violation: BudgetViolation | null }

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
    const { seq } = message
    const payer = personBehind(this.#context.log, { promptedBy: authorOf(message), seq })
    for (const agent of agents) {
      this.#budget ??= usageHistory(this.#context, now)
      const budget = this.#budget
      const draft = {
        id: newId(),
        seq: message.seq,
        agent,
        session: memoryOf(settings, message),
        promptedBy: authorOf(message),
        hop: message.data.hop + 1,
        request,
      }
      const violation = budget.check(draft, now) ?? this.#checkQueue(agent) ?? this.#checkAllowances(budget, payer, now)
      if (violation === null) {
        if (payer !== null) this.#allowances?.use('turns', payer, 1, now)
        budget.recordTurn(draft, payer, now)
      }
      yield { draft, violation }
    }
  }

  /** Counts the tokens of a reply, the last event of the log. */
  recordUsage(turn: TurnDraft, { input_tokens, output_tokens }: Usage, now: number): void {
    if (this.#budget === null) return // it is read from the log, with this reply, when an agent is prompted again
    const { log } = this.#context
    const payer = personBehind(log, turn)
    const tokens = input_tokens + output_tokens
    if (payer !== null) this.#allowances?.use('tokens', payer, tokens, now)
    this.#allowances?.use('deployment_tokens', deploymentAccount, tokens, now)
    this.#budget.recordTokens(turn, { payer, tokens, end: log.head }, now)
  }

  get #allowances(): Allowances | null {
    return this.#context.components.find(Allowances)
  }

  /** What the person who is charged, and all people together, may use over the whole deployment. */
  #checkAllowances(budget: Budget, payer: string | null, now: number): BudgetViolation | null {
    const waitMs = (resource: Resource, account: string, of: 'turns' | 'tokens', person: string | null) =>
      this.#allowances?.waitMs(resource, account, now, budget.usedSince(of, person)) ?? 0
    const waits: [number, string][] = [
      [
        waitMs('deployment_tokens', deploymentAccount, 'tokens', null),
        'The agents here have used their tokens for the day.',
      ],
    ]
    if (payer !== null) {
      waits.push(
        [waitMs('turns', payer, 'turns', payer), 'You have prompted agents as often as one person may in a day.'],
        [waitMs('tokens', payer, 'tokens', payer), 'You have used as many tokens as one person may in a day.'],
      )
    }
    const [longest] = waits.filter(([ms]) => ms > 0).sort(([a], [b]) => b - a)
    return longest === undefined ? null : { code: 'rate_limited', message: longest[1], retryAfterMs: longest[0] }
  }

  #checkQueue(agent: string): BudgetViolation | null {
    const { turns_queued, turn_seconds } = this.#context.limits
    if (this.#queue.queued(agent) < turns_queued) return null
    const message = `${this.#context.agents.description(agent).name} has ${turns_queued} prompts waiting already.`
    return { code: 'rate_limited', message, retryAfterMs: turn_seconds * 1_000 }
  }
}
