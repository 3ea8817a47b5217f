import { type CommandResponse, refusal } from '../outcome.ts'

/** The response to a command that came without a socket, where the log stands, and which room in memory gave it. */
export type CommandResult = { answer: CommandResponse; epoch: string; head: number; instance: string }

/** The refusal that stands for a fault of the server's. */
export const commandFailure = refusal('internal', 'something went wrong here')
