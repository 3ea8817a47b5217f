import * as z from 'zod/v4'
import { idText, singleLine } from './text-schema.ts'

/** The id of a file, which its circle gives it. */
export const fileId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)

/** A file as a message holds it. What it contains is served beside the log, to those who may read there. */
export const attachment = z.object({
  id: idText().max(64),
  name: singleLine().max(255),
  media_type: idText().max(127), // found out from the bytes
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  width: z.int().positive().optional(), // of an image, in pixels
  height: z.int().positive().optional(),
  missing: z.literal(true).optional(), // the message was imported, and the file is not here
})
/** The type of `attachment`. */
export type Attachment = z.infer<typeof attachment>

/** A signed address: whoever has it may read the file until it expires. */
export const signedAddress = z.object({ url: z.string(), expires_at: z.iso.datetime() })

/** How long a signed address may last (s). */
export const signedSeconds = 600

/** How long a file may wait for a message that names it (ms). */
export const unnamedFileMs = 86_400_000
