import { memoryIdOf, type RoomDeps } from '../context.ts'
import type { EventLog } from '../log/event-log.ts'
import type { MessageView, StoredMessage } from '../log/messages.ts'
import type { Settings } from '../members/settings.ts'
import type { Presence } from '../sessions/presence.ts'

/** What the turns of a room need of it. */
export type TurnContext = RoomDeps & { log: EventLog; lines: MessageView; settings: Settings; presence: Presence }

/** The session a line belongs to: its author's, or, for an agent's line, the one it was asked in. */
export function sessionOf(settings: Settings, line: StoredMessage): string {
  if (line.type === 'agent_message') return line.data.session_id
  return memoryIdOf(settings, line.data.user_id, line.origin?.source)
}

/** Who said a line: a user id, `agent:<id>` for an agent. */
export function authorOf(line: StoredMessage): string {
  return line.type === 'agent_message' ? `agent:${line.data.agent_id}` : line.data.user_id
}
