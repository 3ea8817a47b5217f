import type { ChannelKind, ChannelKindDefinition } from '../protocol/channel-kinds.ts'
import { circle } from '../protocol/channel-kinds.ts'

export { agentChannel, circle, workspace } from '../protocol/channel-kinds.ts'

/** Everything in which a kind of channel differs from the others. */
export type ChannelKindConfig = ChannelKindDefinition

/** The agent that answers in a channel that nobody has configured, or null. */
export function defaultAgent(kind: ChannelKind, name: string): string | null {
  return kind === circle.kind ? circle.defaults(name).default_agent : null
}
