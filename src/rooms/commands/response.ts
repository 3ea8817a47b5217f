import { refusal } from '../outcome.ts'

/** The refusal that reports an internal error. */
export const commandFailure = refusal('internal', 'Something went wrong here.')
