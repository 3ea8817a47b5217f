import type { EphemeralOf } from '../protocol/frames.ts'
import type { Effect } from './effects.ts'
import type { Session } from './session.ts'

/** The frames that answer a command. */
export type Told = EphemeralOf<'ack' | 'error' | 'history' | 'pong'>

/** What a session is told about its command among all that follows from it, or null: nothing. */
export function answerIn(effects: readonly Effect[], { id }: Session): Told | null {
  const told = effects.flatMap(effect => (effect.do === 'send' && effect.to === id ? [effect.frame] : []))
  return told.findLast(isAnswer) ?? null
}

function isAnswer(frame: { type: string }): frame is Told {
  return frame.type === 'ack' || frame.type === 'error' || frame.type === 'history' || frame.type === 'pong'
}
