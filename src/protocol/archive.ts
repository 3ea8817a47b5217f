import { z } from 'zod'
import { type EventType, eventData, type LoggedEvent } from './events.ts'
import { limits } from './limits.ts'
import { fits, nestsDeeperThan } from './text.ts'

// A log as text, one event a line: its native frame, with who it is from.

const origin = z.object({
  type: z.literal('user_message').optional(),
  source: z.string().max(256).optional(),
  session: z.string().max(64).optional(),
})

const around = {
  timestamp: z.iso.datetime(),
  channel: z.string().optional(), // where it was exported; not read
  seq: z.int().positive(),
  id: z.string().max(128),
  user: z.string().max(256), // who it is from, '' for the room itself
  origin: origin.optional(), // how it came here, for the dialects that show it
}

/** One line of an archive, read. */
export type ArchiveEvent = Pick<LoggedEvent, 'type' | 'data' | 'seq' | 'at' | 'id' | 'origin'> & { user: string }

const envelope = z.object({ ...around, type: z.string(), data: z.unknown() })
const schemas = new Map<string, z.ZodType>(Object.entries(eventData))

/** A line is never longer (bytes). */
export const archiveLineBytes = 131_072

/** Reads a line, or says in words what is wrong with it. */
export function readArchiveLine(text: string): ArchiveEvent | { wrong: string } {
  if (nestsDeeperThan(text, limits.depth)) return { wrong: `it nests deeper than ${limits.depth}` }
  const line = envelope.safeParse(parsed(text))
  if (!line.success) return { wrong: 'it is no event with type, data, timestamp, seq, id and user' }
  const { type, timestamp, seq, id, user, origin } = line.data
  const data = schemas.get(type)?.safeParse(line.data.data)
  if (data === undefined) return { wrong: 'there is no such type of event' }
  if (!data.success) return { wrong: `its data is not that of ${type}` }
  if (!looksBack(data.data, seq)) return { wrong: 'it refers to what came after it' }
  if (!fits(JSON.stringify(data.data), limits.frame_bytes)) return { wrong: 'it is too large' }
  const event = { type: type as EventType, data: data.data, seq, at: Date.parse(timestamp), id, user }
  // Type and data belong together: the schema was looked up by the type.
  return (origin === undefined ? event : { ...event, origin }) as ArchiveEvent
}

/** Does an event refer to earlier ones only, as whatever a room stored did? */
function looksBack(data: unknown, seq: number): boolean {
  const { reply_to, in_reply_to, target } = data as Partial<Record<'reply_to' | 'in_reply_to' | 'target', number>>
  return [reply_to, in_reply_to, target].every(other => other === undefined || other < seq)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // which is no event
  }
}
