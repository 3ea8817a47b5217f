import { refusal } from '../outcome.ts'

/** The refusal that stands for a fault of the server's own. */
export const commandFailure = refusal('internal', 'something went wrong here')
