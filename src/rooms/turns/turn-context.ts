import type { Components } from '../component.ts'
import type { RoomDeps, RoomSetup } from '../deps.ts'
import type { EventLog } from '../log/event-log.ts'
import type { MessageView, StoredMessage } from '../log/messages.ts'
import type { Settings } from '../members/settings.ts'
import type { Presence } from '../sessions/presence.ts'
import type { Session } from '../sessions/session.ts'
import { maxHops } from './budget.ts'
import { memoryIdOf } from './memory-id.ts'

/** The rights that a user has in the channel at the time of asking, present or not. */
export type Rights = { mayBeHere(user: string): boolean; mayWrite(user: string): boolean }

/** A stored message, the agents it prompts, and the session that gets refusals (null for an agent's message). */
export type TurnPrompt = {
  message: StoredMessage
  agents: readonly string[]
  session: Session | null
  request?: string | null // the id in the log of the request that prompted; the session's if absent
}

/** The parts of a room that its turns use. */
export type TurnContext = RoomDeps &
  RoomSetup & {
    components: Components
    log: EventLog
    messages: MessageView
    settings: Settings
    presence: Presence
    rights: Rights
  }

/** The id of the memory a message belongs to: its author's, or, for an agent's message, that of the prompt. */
export function memoryOf(settings: Settings, message: StoredMessage): string {
  if (message.type === 'agent_message') return message.data.session_id
  return memoryIdOf(settings, message.data.user_id, message.origin?.source)
}

/** The author of a message: a user id, `agent:<id>` for an agent. */
export function authorOf(message: StoredMessage): string {
  return message.type === 'agent_message' ? `agent:${message.data.agent_id}` : message.data.user_id
}

/** The person whose message led to a turn, also through agents that prompted others; null: the log does not say any more. */
export function personBehind(log: EventLog, { promptedBy, seq }: { promptedBy: string; seq: number }): string | null {
  if (!/^agent:/.test(promptedBy)) return promptedBy
  let event = log.at(seq)
  for (let hop = 0; hop < maxHops && event?.type === 'agent_message'; hop++) {
    event = event.data.in_reply_to === undefined ? null : log.at(event.data.in_reply_to)
  }
  return event?.type === 'message' ? event.data.user_id : null
}
