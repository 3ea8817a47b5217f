import * as z from 'zod/v4'
import { checkData } from '../check-data.ts'
import { limits } from '../limits.ts'
import { fits, nestsDeeperThan } from '../text.ts'
import { idText, singleLine } from '../text-schema.ts'
import type { EventRegistry } from './event-registry.ts'
import type { LoggedEvent } from './events.ts'
import { cleanImported, clockSkewMs, maxImportedSeq } from './imported.ts'

// A log as text: one event a line, as its native frame with its sender; then the rows of components, one a line.

// Who imported an event before is not read: it is marked with who imports it now.
const origin = z.object({
  type: z.literal('user_message').optional(),
  source: singleLine().max(256).optional(),
  session: idText().max(64).optional(),
  sent: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
})

/** An event of an archive; its data is read by its type. */
export const archiveEvent = z.object({
  type: idText(),
  data: z.unknown(),
  timestamp: z.iso.datetime(),
  channel: idText().optional(), // the channel it was exported from; not read
  seq: z.int().positive(),
  id: idText().max(128),
  user: idText().max(256), // its sender, '' for the room itself
  origin: origin.optional(), // how it was sent, for the dialects that show it
})

/** One line of an archive, read. */
export type ArchiveEvent = Pick<LoggedEvent, 'type' | 'data' | 'seq' | 'at' | 'id' | 'origin'> & { user: string }

/** A row of a component in an archive. `component`: its name in the tables of the room. */
export type ArchiveRow = { component: string; row: object }

/** The longest line there can be (bytes). */
export const archiveLineBytes = 131_072

/** A row of a component in an archive; the component checks it. */
export const archiveRow = z.strictObject({ component: idText().max(64), row: z.looseObject({}) })

/** Reads a line as one of these events or a row of a component, or says what is wrong with it. */
export function readArchiveLine(
  text: string,
  events: EventRegistry,
  now: number,
): ArchiveEvent | ArchiveRow | { wrong: string } {
  if (nestsDeeperThan(text, limits.depth)) return { wrong: `it is nested deeper than ${limits.depth}` }
  const parsed = parseJson(text)
  const row = archiveRow.safeParse(parsed)
  return row.success ? row.data : readEvent(parsed, events, now)
}

function readEvent(parsed: unknown, events: EventRegistry, now: number): ArchiveEvent | { wrong: string } {
  const line = archiveEvent.safeParse(parsed)
  if (!line.success) return { wrong: 'it is not an event with type, data, timestamp, seq, id and user' }
  const { type, timestamp, seq, id, user, origin } = line.data
  if (seq > maxImportedSeq(now)) return { wrong: 'its seq is larger than that of any log' }
  const at = Date.parse(timestamp)
  if (at < 0 || at > now + clockSkewMs) return { wrong: 'its timestamp is before 1970 or in the future' }
  const definition = events.get(type)
  if (definition === undefined) return { wrong: 'there is no such type of event' }
  const data = checkData('event', type, definition.schema, line.data.data)
  if (!data.success) return { wrong: `its data does not match the type ${type}` }
  const refersTo = definition.refersTo?.(data.data) ?? []
  if (refersTo.some(other => other !== undefined && other >= seq)) return { wrong: 'it refers to a later event' }
  const cleaned = cleanImported(data.data)
  if ('wrong' in cleaned) return cleaned
  if ((definition.author?.(cleaned.value) ?? user) !== user)
    return { wrong: 'its data names another author than its user' }
  if (!fits(JSON.stringify(cleaned.value), limits.frame_bytes)) return { wrong: 'it is too large' }
  const event = { type, data: cleaned.value, seq, at, id, user }
  // The schema was looked up by the type, so type and data belong together.
  return (origin === undefined ? event : { ...event, origin }) as ArchiveEvent
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // which no envelope matches
  }
}
