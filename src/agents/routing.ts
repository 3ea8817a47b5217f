import type { Rule } from '../protocol/commands/commands.ts'
import type { EventOf, LoggedEvent } from '../protocol/events/events.ts'
import { mentionsIn } from './mentions.ts'
import { withoutNames } from './names.ts'
import { agentByRule, type CompileRegex } from './routing-rules.ts'

/** A person's message, and the settings of its circle that decide which agents it prompts. */
export type RoutingInput = {
  to: string | null // the agent that the message names as its recipient
  content: string
  rules: readonly Rule[] // the same array until they change: they are compiled once for each array
  defaultAgent: string | null
  known: ReadonlySet<string> // the agents that can be mentioned; `@ada` may be a person
  regex: CompileRegex | null // compiles the regular expressions among the rules; null: they match nothing
}

/**
 * Returns the agents that a person's message prompts (T2): its recipient, or all agents it mentions, or the agent of the
 * first rule that matches, or the default agent, or none. A recipient, a rule or a default may name an agent that is not
 * bound here; the turn then fails, which tells people why.
 */
export function routeMessage({ to, content, rules, defaultAgent, known, regex }: RoutingInput): string[] {
  if (to !== null) return [to]
  const mentioned = content.includes('@') ? mentionsIn(content, known) : []
  if (mentioned.length > 0) return mentioned
  const agent = (rules.length === 0 ? null : agentByRule(rules, content, regex)) ?? defaultAgent
  return agent === null ? [] : [agent]
}

/** A message, stored or about to be. */
export type Prompt = { [Type in 'message' | 'agent_message']: Pick<EventOf<Type>, 'type' | 'data'> }[
  | 'message'
  | 'agent_message']

/** What decides which agents a message prompts: the channel's kind and settings, the agents that are bound, the people. */
type Channel = {
  regex: CompileRegex | null
  kind: { wakesAgents: boolean }
  agents: { ids: ReadonlySet<string>; lookUp?: ((isForced: boolean) => void) | null }
  settings: { value: { default_agent: string | null; rules: readonly Rule[] } }
  log: { at(seq: number): LoggedEvent | null }
  presence: { members(): readonly { name: string }[] }
}

/**
 * The agents that a message prompts (T2). An agent's own message prompts only whom it mentions, and never itself (T7).
 */
export function agentsFor(channel: Channel, message: Prompt): readonly string[] {
  const { settings, agents, kind, log, presence, regex } = channel
  if (!kind.wakesAgents) return []
  const { content } = message.data
  const known = agents.ids
  if (agents.lookUp && content.includes('@') && mentionsIn(content, known).length === 0) agents.lookUp(false)
  if (message.type === 'agent_message') {
    const names = [...presence.members().map(({ name }) => name), ...namesAbove(log, message.data.in_reply_to)]
    return mentionsIn(withoutNames(content, names), known).filter(agent => agent !== message.data.agent_id)
  }
  const { default_agent, rules } = settings.value
  return routeMessage({ to: message.data.to ?? null, content, rules, defaultAgent: default_agent, known, regex })
}

/** The display names of the people whose messages led to a reply. */
function namesAbove(log: Channel['log'], seq: number | undefined): string[] {
  const event = seq === undefined ? null : log.at(seq)
  return event?.type === 'message' ? [event.data.user_name] : []
}
