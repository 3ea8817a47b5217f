import { z } from 'zod'
import { commandId } from './commands.ts'
import type { Refusal } from './errors.ts'
import { fileEvent, gitStatus } from './events.ts'

// What programs tell a channel of, over the event bus. Strict, as commands are: who it is from, the room knows.

const id = commandId
const file = z.strictObject(fileEvent.omit({ by: true }).shape)

/** One event from outside. `id` is the sender's own: told again under the same id, it is stored once. */
export const publication = z.discriminatedUnion('type', [
  z.strictObject({ id, type: z.literal('file_created'), data: file }),
  z.strictObject({ id, type: z.literal('file_changed'), data: file }),
  z.strictObject({ id, type: z.literal('file_deleted'), data: file }),
  z.strictObject({ id, type: z.literal('git_status'), data: z.strictObject(gitStatus.shape) }),
])
export type Publication = z.infer<typeof publication>

/** What became of one event, in the order they were told. */
export type PublicationResult = { id: string; seq: number; duplicate: boolean } | { id: string; refused: Refusal }
