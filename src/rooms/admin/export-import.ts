import { atLeast } from '../../protocol/roles.ts'
import type { RoomContext } from '../context.ts'
import { close, type Effect, refusal } from '../effects.ts'
import { Archive } from '../log/archive.ts'
import type { Session } from '../sessions/session.ts'
import { type AdminOutcome, type AdminRequestOf, ok, refusedResult } from './admin.ts'

/** A page of the log, as the lines of an archive. */
export function exportPage(
  { sql, channelName, settings }: RoomContext,
  { after }: AdminRequestOf<'export'>,
): AdminOutcome<'export'> {
  return ok({ ...new Archive(sql).lines(channelName, after), epoch: settings.epoch })
}

/** An owner brings a log from elsewhere, in steps; nothing of it is seen before the last. */
export function importLog(
  context: RoomContext,
  session: Session,
  { step }: AdminRequestOf<'import'>,
): AdminOutcome<'import'> {
  if (!atLeast(session.user.role, 'owner')) return refusedResult(refusal('forbidden', 'only an owner may import a log'))
  const archive = new Archive(context.sql)
  if ('replace' in step) {
    if (!step.replace && !archive.isEmpty()) {
      return refusedResult(refusal('conflict', 'this circle has a log already; ?replace=true takes its place'))
    }
    const id = context.newId()
    context.sql.transaction(() => archive.begin(id))
    return ok({ id, events: 0 })
  }
  if (!archive.isArriving(step.id)) return refusedResult(refusal('conflict', 'another import has begun since'))
  if ('events' in step) {
    const wrong = context.sql.transaction(() => archive.add(step.events))
    return wrong === null ? ok({ id: step.id, events: step.events.length }) : refusedResult(refusal('invalid', wrong))
  }
  const count = context.sql.transaction(() => archive.end())
  if (count === null) return refusedResult(refusal('invalid', 'two events of one user have the same id'))
  return ok({ id: step.id, events: count }, anew(context))
}

/** Whoever is here comes back to another log. */
function anew({ sessions }: RoomContext): Effect[] {
  const closes = [...sessions.values()].map(session => close(session, 'restart', 'this circle has another log now'))
  return [...closes, { do: 'renew' }]
}
