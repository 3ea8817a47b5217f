import type { Rule } from '../protocol/commands.ts'
import { mentionsIn } from './mentions.ts'
import { agentByRule } from './routing-rules.ts'

/** A line and what its circle says about who answers. */
export type Question = {
  to: string | null // the agent it was sent to
  content: string
  rules: readonly Rule[] // the same array as long as they do not change: they are compiled once
  defaultAgent: string | null
  known: ReadonlySet<string> // who can be mentioned; `@ada` may be a person
}

/**
 * Who answers a person's line, in order: whom it was sent to; else all who are mentioned; else the agent of the
 * first rule that matches; else the circle's default agent; else nobody. Whom a rule or a setting names answers
 * even if it is not bound here: the turn then fails, and people learn why.
 */
export function routeMessage({ to, content, rules, defaultAgent, known }: Question): string[] {
  if (to !== null) return [to]
  const mentioned = content.includes('@') ? mentionsIn(content, known) : []
  if (mentioned.length > 0) return mentioned
  const chosen = (rules.length === 0 ? null : agentByRule(rules, content)) ?? defaultAgent
  return chosen === null ? [] : [chosen]
}
