import type { EncodeContext } from '../../src/protocol/dialects/dialect.ts'
import { builtinEvents } from '../../src/protocol/events/builtin-events.ts'
import type { EventData, EventType, LoggedEvent, Origin } from '../../src/protocol/events/events.ts'

/** A logged event, number 7 of its channel, of 2026-11-21T09:00:00.000Z. */
export function anEvent<Type extends EventType>(type: Type, data: EventData<Type>, origin?: Origin): LoggedEvent {
  const event = { type, data, seq: 7, at: Date.UTC(2026, 10, 21, 9), id: 'e7' }
  return (origin === undefined ? event : { ...event, origin }) as unknown as LoggedEvent
}

/** The encode context of `circle:dev`; a memory is named after its user or source. */
export const encodeContext: EncodeContext = {
  channel: 'circle:dev',
  events: builtinEvents,
  sessionId: (user, source) => `session of ${source ?? user}`,
}
