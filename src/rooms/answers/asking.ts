import type { Budget, Objection } from '../../agents/budget.ts'
import { mentionsIn } from '../../agents/mentions.ts'
import { whoAnswers } from '../../agents/routing.ts'
import type { Question, Turns } from '../../agents/turns.ts'
import type { EventOf, Usage } from '../../protocol/events.ts'
import type { Spoken } from '../lines.ts'
import { type Around, authorOf, sessionOf } from './around.ts'
import { budgetOf } from './spending.ts'

type Asker = { [Type in Spoken['type']]: Pick<EventOf<Type>, 'type' | 'data'> }[Spoken['type']]

/** Which agents a line asks, and whether they may be asked: the queue's end, the budgets, the loop guard. */
export class Asking {
  readonly #around: Around
  readonly #turns: Turns
  #budget: Budget | null = null // read from the log when the first agent is asked

  constructor(around: Around, turns: Turns) {
    this.#around = around
    this.#turns = turns
  }

  /** The turns a line asks for, each with what speaks against it. */
  *questionsOf(
    line: Spoken,
    request: string | null,
    now: number,
  ): Generator<{ question: Question; objection: Objection | null }> {
    for (const agent of this.agentsOf(line)) {
      this.#budget ??= budgetOf(this.#around, now)
      const question = {
        id: this.#around.newId(),
        seq: line.seq,
        agent,
        session: sessionOf(this.#around.settings, line),
        asker: authorOf(line),
        hop: line.data.hop + 1,
        request,
      }
      const objection = this.#budget.objectionTo(question, now) ?? this.#objectionOfQueue(agent)
      if (objection === null) this.#budget.asked(question.asker, agent, now)
      yield { question, objection }
    }
  }

  /** An answer has cost so much. */
  used({ asker, agent }: Question, { input_tokens, output_tokens }: Usage, now: number): void {
    this.#budget?.used(asker, agent, input_tokens + output_tokens, now)
  }

  /** Who is asked (T2). An agent's own line asks only whom it mentions, and never itself (T7). */
  agentsOf(line: Asker): string[] {
    const { settings, agents, channel } = this.#around
    if (!channel.wakesAgents) return []
    const { content } = line.data
    const known = agents.ids
    if (line.type === 'agent_message') return mentionsIn(content, known).filter(agent => agent !== line.data.agent_id)
    const { default_agent, rules } = settings.value
    return whoAnswers({ to: line.data.to ?? null, content, rules, defaultAgent: default_agent, known })
  }

  #objectionOfQueue(agent: string): Objection | null {
    const { turns_queued, turn_seconds } = this.#around.limits
    if (this.#turns.queued(agent) < turns_queued) return null
    const message = `${this.#around.agents.about(agent).name} has ${turns_queued} questions waiting already`
    return { code: 'rate_limited', message, retryAfterMs: turn_seconds * 1_000 }
  }
}
