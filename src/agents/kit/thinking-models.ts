import { AgentError } from './agent-error.ts'
import type { Reply } from './reply.ts'
import type { TurnRequest } from './turn-request.ts'

// The templates of these models begin the thought in the prompt, so that the reply holds only its closing tag.
const thinkers = /deepseek-?r1|\bqwq\b|qwen3.*thinking|magistral|thinking|reasoning/i
const foundThinkers = new Set<string>() // in this instance
const holdStep = 'hold back what the model thinks aloud'

/** Whether this model is known to mix its thoughts into its text. */
export function thinksAloud(id: string, { steps }: TurnRequest): boolean {
  return thinkers.test(id) || foundThinkers.has(id) || (steps ?? []).some(({ name }) => name === holdStep)
}

/** A thought was sent to people. The next attempt, whose text replaces this one's, holds it back. */
export async function leaked(id: string, reply: Reply): Promise<AgentError> {
  foundThinkers.add(id)
  await reply.step(holdStep, () => true)
  return new AgentError('model_thought_aloud', 'The language model mixed its thoughts into its reply.')
}
