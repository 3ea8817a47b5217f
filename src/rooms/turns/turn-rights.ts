import type { TurnContext } from './turn-context.ts'
import { personBehind } from './turn-context.ts'
import type { Turn, TurnDraft } from './turn-queue.ts'
import { isDeleted } from './turn-request.ts'

/** Why a turn whose prompt is gone ends. */
export const promptGone = { code: 'not_found', message: 'The prompt is no longer kept.', retry: false }
/** Why a turn ends whose person lost the right to write. */
export const noRight = { code: 'forbidden', message: 'Who prompted this may not write here any more.', retry: false }

/** Why a turn failed whose lease ran out, or whose object died while the agent was at work. */
export const interrupted = { code: 'agent_lost', message: 'The agent was interrupted.', retry: true, pauseMs: 0 }

/** Returns the reason why a turn may not be called now, or null: its person may write here at this time. */
export function refuseCall(context: TurnContext, turn: TurnDraft): typeof noRight | null {
  const person = personBehind(context.log, turn)
  return person === null || context.rights.mayWrite(person) ? null : noRight
}

/** Returns the reason why a reminder that is due is dropped, or null. */
export function refuseReminder(context: TurnContext, turn: Turn): typeof noRight | null {
  return isDeleted(context, turn.seq) ? promptGone : refuseCall(context, turn)
}

/** Returns whether the person behind a turn may not be here any more. */
export function isOfBanned({ log, rights }: TurnContext, turn: Turn): boolean {
  const person = personBehind(log, turn)
  return person !== null && !rights.mayBeHere(person)
}
