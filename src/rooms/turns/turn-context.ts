import type { RoomDeps, RoomSetup } from '../deps.ts'
import type { EventLog } from '../log/event-log.ts'
import type { MessageView, StoredMessage } from '../log/messages.ts'
import type { Settings } from '../members/settings.ts'
import type { Presence } from '../sessions/presence.ts'
import { memoryIdOf } from './memory-id.ts'

/** The parts of a room that its turns use. */
export type TurnContext = RoomDeps &
  RoomSetup & { log: EventLog; messages: MessageView; settings: Settings; presence: Presence }

/** The id of the memory a message belongs to: its author's, or, for an agent's message, that of the prompt. */
export function memoryOf(settings: Settings, message: StoredMessage): string {
  if (message.type === 'agent_message') return message.data.session_id
  return memoryIdOf(settings, message.data.user_id, message.origin?.source)
}

/** The author of a message: a user id, `agent:<id>` for an agent. */
export function authorOf(message: StoredMessage): string {
  return message.type === 'agent_message' ? `agent:${message.data.agent_id}` : message.data.user_id
}
