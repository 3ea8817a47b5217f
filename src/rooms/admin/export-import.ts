import { atLeast } from '../../protocol/roles.ts'
import type { AdminRequestOf } from '../../rpc/channel.ts'
import type { RoomContext } from '../context.ts'
import { Archive } from '../log/archive.ts'
import { close, type Outcome, outcome, refusal } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { type AdminOutcome, ok, refused } from './admin.ts'

/** A page of the log as the lines of an archive. */
export function exportPage(
  { sql, channelName, settings }: RoomContext,
  { after }: AdminRequestOf<'export'>,
): AdminOutcome<'export'> {
  return ok({ ...new Archive(sql).lines(channelName, after), epoch: settings.epoch })
}

/** Imports a log in steps, for an owner. It becomes visible with the last step. */
export function importLog(
  context: RoomContext,
  session: Session,
  { step }: AdminRequestOf<'import'>,
): AdminOutcome<'import'> {
  if (!atLeast(session.user.role, 'owner')) return refused(refusal('forbidden', 'Only owners can import a log.'))
  const archive = new Archive(context.sql)
  if ('replace' in step) {
    if (!step.replace && !archive.isEmpty()) {
      return refused(refusal('conflict', 'This circle already has a log; ?replace=true replaces it.'))
    }
    const id = context.newId()
    context.sql.transaction(() => archive.begin(id))
    return ok({ id, events: 0 })
  }
  if (!archive.isArriving(step.id)) return refused(refusal('conflict', 'Another import has begun since.'))
  if ('events' in step) {
    const wrong = context.sql.transaction(() => archive.add(step.events))
    return wrong === null ? ok({ id: step.id, events: step.events.length }) : refused(refusal('invalid', wrong))
  }
  const count = endImport(context, archive)
  if (count === null) return refused(refusal('invalid', 'Two events of one user have the same id.'))
  return ok({ id: step.id, events: count }, reload(context))
}

/** Replaces the log. Returns the number of events, or null if two have the same id. */
function endImport({ sql, components }: RoomContext, archive: Archive): number | null {
  return sql.transaction(() => {
    const events = archive.end()
    if (events !== null) for (const component of components.all()) component.onImport?.()
    return events
  })
}

/** Closes every session, so that clients reconnect, and opens the room on the new log. */
function reload({ sessions }: RoomContext): Outcome {
  const closes = [...sessions.values()].map(session => close(session, 'restart', 'this circle has another log now'))
  return outcome({ effects: [...closes, { do: 'reload' }] })
}
