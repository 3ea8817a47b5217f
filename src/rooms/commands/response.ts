import type { EphemeralOf } from '../../protocol/frames.ts'
import { type Effect, refusal } from '../effects.ts'
import type { Session } from '../sessions/session.ts'

/** The frames that answer a command. */
export type CommandOutput = EphemeralOf<'ack' | 'error' | 'history' | 'pong'>

/** What a command that came without a socket is told, where the log stands, and which room in memory said so. */
export type CommandResult = { answer: CommandOutput; epoch: string; head: number; instance: string }

/** What is told of a fault of ours. */
export const commandFailure = refusal('internal', 'something went wrong here')

/**
 * What a session is told about its command among all that follows from it, or null: nothing. The first answer counts:
 * after the ack of a line that is kept may come the word that no agent was called (T9).
 */
export function replyIn(effects: readonly Effect[], { id }: Session): CommandOutput | null {
  const told = effects.flatMap(effect => (effect.do === 'send' && effect.to === id ? [effect.frame] : []))
  return told.find(isAnswer) ?? null
}

function isAnswer(frame: { type: string }): frame is CommandOutput {
  return frame.type === 'ack' || frame.type === 'error' || frame.type === 'history' || frame.type === 'pong'
}
