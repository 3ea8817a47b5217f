import type { Dialect } from './dialect.ts'
import { documents, hocuspocus, yjs } from './documents.ts'
import { events } from './inbound-outbound.ts'
import { native } from './native.ts'
import { plain } from './plain.ts'
import { text } from './text.ts'

/** The dialects, by name. A socket's dialect is fixed at its upgrade. */
export const dialects = { plain, events, text, native, yjs, hocuspocus, documents } as const satisfies Record<
  string,
  Dialect
>

/** The name of a dialect, as a session keeps it. */
export type DialectName = keyof typeof dialects
