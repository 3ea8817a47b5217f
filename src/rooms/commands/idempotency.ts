import type { EventData, EventOf, EventType, LoggedEvent } from '../../protocol/events.ts'
import type { RoomContext } from '../context.ts'
import { type Effect, refusal, refuse, send } from '../effects.ts'
import type { Session } from '../sessions/session.ts'

/**
 * The answer to a command that was stored already under its id (L3), or null: it is new. The same id with something
 * else in it is a conflict. A message whose text was deleted since cannot be compared any more and counts as the same.
 */
export function findDuplicate<Type extends EventType>(
  { log }: RoomContext,
  session: Session,
  command: { id: string | null },
  asked: { type: Type; data: Partial<EventData<Type>> },
  now: number,
): Effect[] | null {
  if (command.id === null) return null
  const stored = log.find(session.user.id, command.id)
  if (stored === null) return null
  if (!isSame(stored, asked)) {
    return [refuse(session, command.id, refusal('conflict', 'this id was used for something else'), now)]
  }
  return [send(session, 'ack', { id: command.id, seq: stored.seq, duplicate: true }, now)]
}

/** Tells the sender that its command is stored, if it gave the command an id. */
export function ack(session: Session, id: string | null, event: EventOf<EventType> | null, now: number): Effect[] {
  if (id === null) return []
  return [send(session, 'ack', event === null ? { id } : { id, seq: event.seq }, now)]
}

/** Does a stored event say what is asked for now? */
export function isSame(stored: LoggedEvent, asked: { type: EventType; data: object }): boolean {
  if (stored.type !== asked.type) return false
  if ('deleted' in stored.data && stored.data.deleted) return true
  const then = new Map<string, unknown>(Object.entries(stored.data))
  return Object.entries(asked.data).every(([key, value]) => JSON.stringify(then.get(key)) === JSON.stringify(value))
}
