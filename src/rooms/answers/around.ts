import type { Lines, Spoken } from '../lines.ts'
import type { Log } from '../log.ts'
import { type Given, sessionIdOf } from '../parts.ts'
import type { Presence } from '../presence.ts'
import type { Settings } from '../settings.ts'

/** What the turns of a room need of it. */
export type Around = Given & { log: Log; lines: Lines; settings: Settings; presence: Presence }

/** The session a line belongs to: its author's, or, for an agent's line, the one it was asked in. */
export function sessionOf(settings: Settings, line: Spoken): string {
  if (line.type === 'agent_message') return line.data.session_id
  return sessionIdOf(settings, line.data.user_id, line.origin?.source)
}

/** Who said a line: a user id, `agent:<id>` for an agent. */
export function authorOf(line: Spoken): string {
  return line.type === 'agent_message' ? `agent:${line.data.agent_id}` : line.data.user_id
}
