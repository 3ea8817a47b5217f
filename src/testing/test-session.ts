import type { Principal } from '../auth/principal.ts'
import type { Resume } from '../rooms/log/replay.ts'
import type { Encoded } from '../rooms/object/subscriber.ts'
import type { Attachment } from '../rooms/sessions/attachment.ts'
import type { DialectName } from '../rooms/sessions/caller-context.ts'
import type { SessionId } from '../rooms/sessions/session.ts'

/** A frame of the native dialect. */
export type Frame = { type: string; data: Record<string, unknown>; [key: string]: unknown }

/** One socket and the frames it received. */
export type TestSession = {
  id: SessionId
  received: unknown[] // frames, parsed if they are JSON; `take` empties it
  closed: number | null // close code
  closeReason?: string
}

/** How a socket is opened. */
export type OpenOptions = {
  role?: Principal['role']
  dialect?: DialectName
  kind?: Principal['kind']
  expires?: number | null
  bot?: true // its token says that it is a program
  resume?: Resume | null
  agent?: string | null
  request?: string // id of the request that opened it, in the operator's log
  signals?: boolean // it asked for signals
}

/** Encodes the attachment of a socket, and decodes it. */
export type AttachmentCodec = { encode(attachment: Attachment): Uint8Array; decode(bytes: Uint8Array): Attachment }

/** A person or program called `name`, whose id in a test is its name in lower case. */
export function principalOf(
  id: string,
  { role = 'member', kind = 'person', expires = null, bot }: OpenOptions,
): Principal {
  return { id, name: id.charAt(0).toUpperCase() + id.slice(1), kind, role, expires, ...(bot && { bot }) }
}

/** A frame as a socket carries it: objects are sent as JSON. */
export function rawFrame(frame: string | object): string | ArrayBuffer {
  return typeof frame === 'string' || frame instanceof ArrayBuffer ? frame : JSON.stringify(frame)
}

/** A frame as a test sees it: parsed if it is JSON. */
export function parseFrame(text: Encoded): unknown {
  if (typeof text !== 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
