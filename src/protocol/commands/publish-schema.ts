import * as z from 'zod/v4'
import type { Refusal } from '../errors.ts'
import { fileEvent, gitStatus } from '../events/events.ts'
import { text } from '../text-schema.ts'
import { commandId } from './command-table.ts'
import { agentId } from './commands.ts'

// What programs publish over the event bus. Strict, as commands are: the room knows who publishes.

/** A change to a file; the room adds `by`. */
export const fileChange = z.strictObject(fileEvent.omit({ by: true, deleted: true }).shape)

/** The git status of a working tree. */
export const gitChange = z.strictObject(gitStatus.shape)

/** A message of an agent that runs elsewhere and was not called. The Worker checks who may write for it. */
export const agentText = z.strictObject({
  agent_id: agentId,
  content: text(),
  in_reply_to: z.int().positive().optional(), // seq of the message it replies to
})

const id = commandId

/** What a workspace's watcher publishes. `id` is its own: an event that is published again under it is stored once. */
export const publication = z.discriminatedUnion('type', [
  z.strictObject({ id, type: z.literal('file_created'), data: fileChange }),
  z.strictObject({ id, type: z.literal('file_changed'), data: fileChange }),
  z.strictObject({ id, type: z.literal('file_deleted'), data: fileChange }),
  z.strictObject({ id, type: z.literal('git_status'), data: gitChange }),
])
/** The type of `publication`. */
export type Publication = z.infer<typeof publication>

/** Anything that can be published in a channel of ours. */
export type AnyPublication = Publication | { id: string; type: 'agent_message'; data: z.infer<typeof agentText> }

/** The result of publishing one event, in the order they were published. */
export type PublicationResult = { id: string; seq: number; duplicate: boolean } | { id: string; refused: Refusal }
