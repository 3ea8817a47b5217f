import { sha256 } from '../../lib/ids.ts'
import type { EventData, EventType, LoggedEvent } from '../../protocol/events/events.ts'
import type { RoomContext } from '../context.ts'
import { ack, type Outcome, outcome, refusal, refuse } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'

/**
 * The outcome of a command whose id was used before (L3), or null if it is new. The same id with different data is a
 * conflict. A message that was deleted since can no longer be compared and counts as the same.
 */
export function findDuplicate<Type extends EventType>(
  { log, newIds }: RoomContext,
  session: Session,
  wanted: { id: string | null; type: Type; data: Partial<EventData<Type>> },
  now: number,
): Outcome | null {
  const { id } = wanted
  if (id === null || newIds?.take(session.user.id, id)) return null
  const stored = log.find(session.user.id, id)
  if (stored === null) return null
  if (!isSame(stored, wanted)) return refuse(id, refusal('conflict', 'This id was used for something else.'), now)
  return outcome({ response: ack({ id, seq: stored.seq, duplicate: true }, now) })
}

/** Returns whether a stored event has this type and contains this data. */
export function isSame(stored: LoggedEvent, wanted: { type: EventType; data: object }): boolean {
  if (stored.type !== wanted.type) return false
  if ('deleted' in stored.data && stored.data.deleted) return true
  const before = new Map<string, unknown>(Object.entries(stored.data))
  const sent = stored.origin?.sent
  return Object.entries(wanted.data).every(([key, value]) => {
    if (key === 'content' && sent !== undefined) return sha256(String(value)) === sent
    return JSON.stringify(before.get(key)) === JSON.stringify(value)
  })
}
