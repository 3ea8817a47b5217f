import type { EventData } from '../protocol/events.ts'
import type { Publication, PublicationResult } from '../protocol/publications.ts'
import { writingRefusal } from './commands/may.ts'
import { isSame } from './commands/once.ts'
import { broadcast, type Effect, refusal } from './effects.ts'
import type { Entry } from './log.ts'
import type { Parts } from './parts.ts'
import type { Session } from './session.ts'

/**
 * A program tells of what happened elsewhere. All that is new is stored in one transaction, so that a batch costs one
 * commit; what was stored before under its id is only found again; what may not be told fails by itself.
 */
export function publish(
  room: Parts,
  session: Session,
  publications: readonly Publication[],
  now: number,
): { results: PublicationResult[]; effects: Effect[] } {
  const mayNot = writingRefusal(room, session)
  if (mayNot !== null) return { results: publications.map(({ id }) => ({ id, refused: mayNot })), effects: [] }
  const effects: Effect[] = []
  const results = room.sql.transaction(() =>
    publications.map((publication): PublicationResult => {
      const { id, type } = publication
      if (!room.channel.publishes.includes(type)) {
        return { id, refused: refusal('invalid', `a ${room.channel.kind} has no events of this type`) }
      }
      const entry = entryOf(publication, session)
      const stored = room.log.find(entry.user, id)
      if (stored !== null && !isSame(stored, entry)) {
        return { id, refused: refusal('conflict', 'this id was used for something else') }
      }
      if (stored !== null) return { id, seq: stored.seq, duplicate: true }
      const event = room.log.append(entry, now)
      effects.push(broadcast(event))
      return { id, seq: event.seq, duplicate: false }
    }),
  )
  return { results, effects }
}

/** Whoever tells of a file is who it is `by`, whatever they say. */
function entryOf({ id, type, data }: Publication, { user }: Session): Entry & { id: string } {
  const said: EventData = type === 'git_status' ? data : { ...data, by: user.id }
  return { type, user: user.id, id, data: said }
}
