import { z } from 'zod'
import { commandId } from './command-table.ts'
import { agentId } from './commands.ts'
import type { Refusal } from './errors.ts'
import { fileEvent, gitStatus } from './events.ts'

// What programs tell a channel of, over the event bus. Strict, as commands are: who it is from, the room knows.

const id = commandId
const file = z.strictObject(fileEvent.omit({ by: true }).shape)

/** What an agent says that nobody called: it runs elsewhere. Who may speak for it, the Worker has checked. */
export const agentText = z.strictObject({
  agent_id: agentId,
  content: z.string(),
  in_reply_to: z.int().positive().optional(), // seq of the line it answers
})

/** One event from outside. `id` is the sender's own: told again under the same id, it is stored once. */
export const publication = z.discriminatedUnion('type', [
  z.strictObject({ id, type: z.literal('file_created'), data: file }),
  z.strictObject({ id, type: z.literal('file_changed'), data: file }),
  z.strictObject({ id, type: z.literal('file_deleted'), data: file }),
  z.strictObject({ id, type: z.literal('git_status'), data: z.strictObject(gitStatus.shape) }),
])
/** The type of `publication`. */
export type Publication = z.infer<typeof publication>

/** Whatever a channel can be told over the bus. */
export type AnyPublication = Publication | { id: string; type: 'agent_message'; data: z.infer<typeof agentText> }

/** What became of one event, in the order they were told. */
export type PublicationResult = { id: string; seq: number; duplicate: boolean } | { id: string; refused: Refusal }
