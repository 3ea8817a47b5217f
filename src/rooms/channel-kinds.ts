import type { ChannelKind } from '../protocol/channels.ts'
import type { Configuration } from '../protocol/commands.ts'
import type { AnyPublication } from '../protocol/publish-schema.ts'
import type { PersonRole } from '../protocol/roles.ts'

/** What differs between the kinds of channel, as data. */
export type ChannelKindConfig = {
  kind: ChannelKind
  speakers: PersonRole | null // the least role that may say something; null: people only listen
  publishes: readonly AnyPublication['type'][] // what programs may tell it of, with a speaker's right
  wakesAgents: boolean // do lines and mentions call agents
  retention: NonNullable<Configuration['retention']> // until an owner sets another
}

export const circle: ChannelKindConfig = {
  kind: 'circle',
  speakers: 'member',
  publishes: ['agent_message'],
  wakesAgents: true,
  retention: { events: 1_000_000 },
}

export const workspace: ChannelKindConfig = {
  kind: 'workspace',
  speakers: 'member',
  publishes: ['file_created', 'file_changed', 'file_deleted', 'git_status'],
  wakesAgents: false,
  retention: { events: 20_000 },
}

export const agentChannel: ChannelKindConfig = {
  kind: 'agent',
  speakers: null,
  publishes: [],
  wakesAgents: false,
  retention: { events: 2_000 },
}

/** The agent that answers in a circle nobody has configured: pickle in the lobby, the partner of a private chat. */
export function defaultAgent(kind: ChannelKind, name: string): string | null {
  if (kind !== 'circle') return null
  if (name === 'lobby') return 'pickle'
  return name.startsWith('chat~') ? (name.split('~')[1] ?? null) : null
}
