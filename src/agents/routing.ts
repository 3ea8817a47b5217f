import type { Rule } from '../protocol/commands/commands.ts'
import { mentionsIn } from './mentions.ts'
import { agentByRule } from './routing-rules.ts'

/** A person's message, and the settings of its circle that decide which agents it prompts. */
export type RoutingInput = {
  to: string | null // the agent that the message names as its recipient
  content: string
  rules: readonly Rule[] // the same array until they change: they are compiled once for each array
  defaultAgent: string | null
  known: ReadonlySet<string> // the agents that can be mentioned; `@ada` may be a person
}

/**
 * Returns the agents that a person's message prompts (T2): its recipient, or all agents it mentions, or the agent of the
 * first rule that matches, or the default agent, or none. A recipient, a rule or a default may name an agent that is not
 * bound here; the turn then fails, which tells people why.
 */
export function routeMessage({ to, content, rules, defaultAgent, known }: RoutingInput): string[] {
  if (to !== null) return [to]
  const mentioned = content.includes('@') ? mentionsIn(content, known) : []
  if (mentioned.length > 0) return mentioned
  const agent = (rules.length === 0 ? null : agentByRule(rules, content)) ?? defaultAgent
  return agent === null ? [] : [agent]
}
