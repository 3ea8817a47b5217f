import type { Dialect } from './dialect.ts'
import { events } from './inbound-outbound.ts'
import { native } from './native.ts'
import { plain } from './plain.ts'
import { text } from './text.ts'

/** The ways to speak to a channel, by name. A socket's dialect is fixed at its upgrade. */
export const dialects = { plain, events, text, native } as const satisfies Record<string, Dialect>
