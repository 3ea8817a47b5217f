import { atLeast } from '../../protocol/roles.ts'
import { Archive } from '../archive.ts'
import { close, type Effect, refusal } from '../effects.ts'
import type { Parts } from '../parts.ts'
import type { Session } from '../session.ts'
import { type Done, done, notDone, type ServiceOf } from './service.ts'

/** A page of the log, as the lines of an archive. */
export function exportLines({ sql, channelName, settings }: Parts, { after }: ServiceOf<'export'>): Done<'export'> {
  return done({ ...new Archive(sql).lines(channelName, after), epoch: settings.epoch })
}

/** An owner brings a log from elsewhere, in steps; nothing of it is seen before the last. */
export function importLog(room: Parts, session: Session, { step }: ServiceOf<'import'>): Done<'import'> {
  if (!atLeast(session.user.role, 'owner')) return notDone(refusal('forbidden', 'only an owner may import a log'))
  const archive = new Archive(room.sql)
  if ('replace' in step) {
    if (!step.replace && !archive.isEmpty()) {
      return notDone(refusal('conflict', 'this circle has a log already; ?replace=true takes its place'))
    }
    const id = room.newId()
    room.sql.transaction(() => archive.begin(id))
    return done({ id, events: 0 })
  }
  if (!archive.isArriving(step.id)) return notDone(refusal('conflict', 'another import has begun since'))
  if ('events' in step) {
    const wrong = room.sql.transaction(() => archive.add(step.events))
    return wrong === null ? done({ id: step.id, events: step.events.length }) : notDone(refusal('invalid', wrong))
  }
  const count = room.sql.transaction(() => archive.end())
  if (count === null) return notDone(refusal('invalid', 'two events of one user have the same id'))
  return done({ id: step.id, events: count }, anew(room))
}

/** Whoever is here comes back to another log. */
function anew({ sessions }: Parts): Effect[] {
  const closes = [...sessions.values()].map(session => close(session, 'restart', 'this circle has another log now'))
  return [...closes, { do: 'renew' }]
}
