import type { CommandOf } from '../../protocol/commands.ts'
import type { EventData, Origin } from '../../protocol/events.ts'
import { fits } from '../../protocol/text.ts'
import type { RoomContext } from '../context.ts'
import { broadcast, type Effect, refusal, refuse } from '../effects.ts'
import type { Session } from '../sessions/session.ts'
import { ack, findDuplicate } from './idempotency.ts'
import { cleanContent, refuseWriting } from './permissions.ts'

/** A line is said: stored with the turns it asks for, then heard by everybody. */
export function sendMessage(
  context: RoomContext,
  session: Session,
  { id, data }: CommandOf<'message'>,
  origin: Origin | undefined,
  now: number,
): Effect[] {
  const { log, answers, typing, sql, limits, settings } = context
  const no = (...[code, message]: Parameters<typeof refusal>) => [refuse(session, id, refusal(code, message), now)]
  const mayNot = refuseWriting(context, session)
  if (mayNot !== null) return [refuse(session, id, mayNot, now)]
  const read = cleanContent(data.content, limits.content_bytes)
  if ('refused' in read) return [refuse(session, id, read.refused, now)]
  if (data.meta !== undefined && !fits(JSON.stringify(data.meta), limits.meta_bytes)) {
    return no('too_large', `meta is at most ${limits.meta_bytes} bytes`)
  }
  const to = data.to ?? session.agent ?? undefined
  const asked = {
    content: read.content,
    reply_to: data.reply_to,
    to,
    meta: data.meta,
  } satisfies Record<keyof typeof data, unknown>
  const again = () =>
    findDuplicate(context, session, { id }, { type: 'message', data: asked as Partial<EventData<'message'>> }, now)
  if (to !== undefined && !context.agents.ids.has(to) && !settings.agents().has(to)) {
    return again() ?? no('agent_unavailable', `there is no agent called ${to} here`)
  }
  if (data.reply_to !== undefined && log.at(data.reply_to) === null) {
    return again() ?? no('not_found', 'the line this replies to is not kept here')
  }
  const line = {
    content: read.content,
    user_id: session.user.id,
    user_name: session.user.name,
    client_id: id,
    ...(data.reply_to === undefined ? {} : { reply_to: data.reply_to }),
    ...(to === undefined ? {} : { to }),
    ...(data.meta === undefined ? {} : { meta: data.meta }),
    hop: 0,
  }
  const entry = { type: 'message' as const, user: session.user.id, id, data: line, ...(origin && { origin }) }
  const store = () => {
    const event = log.appendOnce(entry, now) // most ids are new: the index that refuses the others looks them up anyway
    return event === null ? null : { event, asks: answers.ask(event, session, now) }
  }
  // One statement needs no transaction of its own: it is all or nothing by itself.
  const stored = answers.isAsked(entry) ? sql.transaction(store) : store()
  if (stored === null) return again() ?? no('conflict', 'this id was used before')
  const { event, asks } = stored
  typing.end(session, now)
  return [broadcast(event), ...ack(session, id, event, now), ...asks]
}
