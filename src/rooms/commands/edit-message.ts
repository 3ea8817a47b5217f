import type { CommandOf } from '../../protocol/commands.ts'
import type { ErrorCode } from '../../protocol/errors.ts'
import type { EventOf } from '../../protocol/events.ts'
import { atLeast } from '../../protocol/roles.ts'
import { cleanText } from '../../protocol/text.ts'
import type { RoomContext } from '../context.ts'
import { broadcast, type Effect, refusal, refuse } from '../effects.ts'
import type { Session } from '../sessions/session.ts'
import { ack, findDuplicate } from './idempotency.ts'
import { cleanContent, refuseWriting } from './permissions.ts'

/** The author says a line anew. */
export function editMessage(
  context: RoomContext,
  session: Session,
  { id, data }: CommandOf<'edit'>,
  now: number,
): Effect[] {
  const read = cleanContent(data.content, context.limits.content_bytes)
  if ('refused' in read) return [refuse(session, id, read.refused, now)]
  const entry = {
    type: 'message_edited' as const,
    user: session.user.id,
    id,
    data: { target: data.seq, content: read.content, user_id: session.user.id },
  }
  const line = lineToAmend(context, session, data.seq)
  return (
    refusedOrRepeated(context, session, entry, line, isAuthor(session, line), now) ??
    context.sql.transaction(() => {
      const event = context.log.append(entry, now)
      context.log.recordEdit(data.seq, event.seq)
      context.search.forget(data.seq) // the next search takes it in as it is now
      return [broadcast(event), ...ack(session, id, event, now)]
    })
  )
}

/** The author, or a moderator, takes a line back: the text goes out of the log, its place in the order stays. */
export function deleteMessage(
  context: RoomContext,
  session: Session,
  { id, data }: CommandOf<'delete'>,
  now: number,
): Effect[] {
  const entry = {
    type: 'message_deleted' as const,
    user: session.user.id,
    id,
    data: { target: data.seq, user_id: session.user.id },
  }
  const line = lineToAmend(context, session, data.seq)
  const allowed = isAuthor(session, line) || atLeast(session.user.role, 'moderator')
  return (
    refusedOrRepeated(context, session, entry, line, allowed, now) ??
    context.sql.transaction(() => {
      const event = context.log.append(entry, now)
      context.log.redact(data.seq)
      context.search.forget(data.seq)
      return [broadcast(event), ...ack(session, id, event, now)]
    })
  )
}

/** Somebody reacts to a line, or takes a reaction back. */
export function reactToMessage(
  context: RoomContext,
  session: Session,
  { id, data }: CommandOf<'react'>,
  now: number,
): Effect[] {
  const emoji = cleanText(data.emoji)?.trim() ?? ''
  if (emoji === '') return [refuse(session, id, refusal('invalid', 'data.emoji is not what this command takes'), now)]
  const entry = {
    type: 'reaction' as const,
    user: session.user.id,
    id,
    data: { target: data.seq, emoji, user_id: session.user.id, removed: data.remove ?? false },
  }
  const line = lineToAmend(context, session, data.seq)
  const refusedFirst = refusedOrRepeated(context, session, entry, line, true, now)
  if (refusedFirst !== null) return refusedFirst
  const event = context.log.append(entry, now)
  return [broadcast(event), ...ack(session, id, event, now)]
}

type Line = EventOf<'message'> | EventOf<'agent_message'>
type Entry = Parameters<RoomContext['log']['append']>[0] & { id: string | null }

/** The line a command is about; null if it is not kept, was deleted, or is no line. */
function lineToAmend({ log }: RoomContext, _session: Session, seq: number): Line | null {
  const event = log.at(seq)
  if (event === null || (event.type !== 'message' && event.type !== 'agent_message')) return null
  return event.data.deleted ? null : event
}

function isAuthor(session: Session, line: Line | null): boolean {
  return line?.type === 'message' && line.data.user_id === session.user.id
}

function refusedOrRepeated(
  context: RoomContext,
  session: Session,
  entry: Entry,
  line: Line | null,
  allowed: boolean,
  now: number,
): Effect[] | null {
  const no = (code: ErrorCode, message: string) => [refuse(session, entry.id, refusal(code, message), now)]
  const mayNot = refuseWriting(context, session)
  if (mayNot !== null) return [refuse(session, entry.id, mayNot, now)]
  const again = findDuplicate(context, session, entry, entry, now)
  if (again !== null) return again
  if (line === null) return no('not_found', 'there is no such line here')
  return allowed ? null : no('forbidden', 'this line is not yours')
}
