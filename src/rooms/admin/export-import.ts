import type { ArchiveEvent, ArchiveRow } from '../../protocol/events/archive.ts'
import { utf8Length } from '../../protocol/text.ts'
import type { AdminRequestOf } from '../../rpc/channel.ts'
import { WrongRow } from '../component.ts'
import type { RoomContext } from '../context.ts'
import { Archive, rowLines } from '../log/archive.ts'
import { ImportTimeout } from '../log/import-timeout.ts'
import { maxLogBytes } from '../log/retention.ts'
import { close, type Outcome, outcome, refusal } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { type AdminOutcome, ok, refused } from './admin.ts'

/** A page of the log as the lines of an archive; after the events, the rows of components from the `row`-th on. */
export function exportPage(
  { sql, channelName, settings, components }: RoomContext,
  { after, row = 0 }: AdminRequestOf<'export'>,
): AdminOutcome<'export'> {
  const { epoch } = settings
  const { text, next, last } = new Archive(sql).lines(channelName, after)
  if (next !== null) return ok({ text, next, epoch })
  const rows = rowLines(components.exportRows(), row)
  return ok({
    text: text + rows.text,
    epoch,
    ...(rows.next === null ? { next: null } : { next: last, nextRow: rows.next }),
  })
}

/** Imports a log in steps. It becomes visible with the last step. */
export function importLog(
  context: RoomContext,
  { user, startedAt: now }: Pick<Session, 'user' | 'startedAt'>, // that of the request
  { step }: AdminRequestOf<'import'>,
): AdminOutcome<'import'> {
  const timeout = context.components.find(ImportTimeout)
  const archive = new Archive(context.sql)
  if ('replace' in step) {
    if (!step.replace && !archive.isEmpty()) {
      return refused(refusal('conflict', 'This circle already has a log; ?replace=true replaces it.'))
    }
    const id = context.newId()
    context.sql.transaction(() => archive.begin(id))
    timeout?.stepped(now)
    return ok({ id, events: 0 })
  }
  if (!archive.isArriving(step.id)) return refused(refusal('conflict', 'Another import has begun since.'))
  timeout?.stepped(now)
  if ('events' in step) {
    const rows = step.rows ?? []
    const unknown = rows.find(({ component }) => !context.components.takesRows(component))
    if (unknown !== undefined)
      return refused(refusal('invalid', `This circle has no "${unknown.component}" that takes rows.`))
    const most = maxLogBytes(context)
    if (!archive.grow(sizeOf(step.events, rows), most)) {
      context.sql.transaction(() => archive.clear())
      return refused(refusal('too_large', `A log has at most ${most} bytes here.`))
    }
    const wrong = context.sql.transaction(() => archive.add(step.events, rows, user.id))
    return wrong === null ? ok({ id: step.id, events: step.events.length }) : refused(refusal('invalid', wrong))
  }
  const count = endImport(context, archive)
  timeout?.ended()
  if (count === 'empty') return refused(refusal('empty', 'There are no events to import.'))
  if (typeof count === 'object') return refused(refusal('invalid', count.wrong))
  if (count === 'repeated') return refused(refusal('invalid', 'Two events of one user have the same id.'))
  return ok({ id: step.id, events: count }, reload(context))
}

function sizeOf(events: readonly ArchiveEvent[], rows: readonly ArchiveRow[]): number {
  return [...events.map(({ data }) => data), ...rows].reduce((sum, one) => sum + utf8Length(JSON.stringify(one)), 0)
}

/** Replaces the log. Returns the number of events, or the reason why nothing was done. What was collected is deleted. */
function endImport({ sql, components }: RoomContext, archive: Archive): ReturnType<Archive['end']> | { wrong: string } {
  try {
    return sql.transaction(() => {
      const events = archive.end()
      if (typeof events === 'number') components.onImport(name => archive.rowsOf(name))
      archive.clear()
      return events
    })
  } catch (error) {
    if (!(error instanceof WrongRow)) throw error
    sql.transaction(() => archive.clear())
    return { wrong: error.message }
  }
}

/** Closes every session, so that clients reconnect, and opens the room on the new log. */
function reload({ sessions }: RoomContext): Outcome {
  const closes = [...sessions.values()].map(session => close(session, 'restart', 'this circle has another log now'))
  return outcome({ effects: [...closes, { do: 'reload' }] })
}
