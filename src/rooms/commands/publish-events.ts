import type { z } from 'zod/v4'
import type { AnyPublication, agentText, PublicationResult } from '../../protocol/commands/publish-schema.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { EventType, LoggedEvent } from '../../protocol/events/events.ts'
import type { RoomContext } from '../context.ts'
import { beforeStore, cleanContent, refuseWriting } from '../hooks.ts'
import type { NewEvent } from '../log/event-log.ts'
import { refuseOverAllowance } from '../metering/allowances.ts'
import { nothing, type Outcome, outcome, refusal } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { memoryIdOf } from '../turns/memory-id.ts'
import { isSame } from './duplicates.ts'

/**
 * Stores events that a program publishes, in one transaction, so that a batch costs one commit. Each event has a result
 * of its own: stored, stored before under its id, or refused.
 */
export function publishEvents(
  context: RoomContext,
  session: Session,
  publications: readonly AnyPublication[],
  now: number,
): { result: PublicationResult[]; outcome: Outcome } {
  const refused = refuseWriting(context, session) ?? refuseOverAllowance(context, session, now)
  if (refused !== null) return { result: publications.map(({ id }) => ({ id, refused })), outcome: nothing }
  const events: LoggedEvent[] = []
  const result = context.sql.transaction(() =>
    publications.map((publication): PublicationResult => {
      const { id, type } = publication
      if (!context.kind.publishes.includes(type)) {
        return { id, refused: refusal('invalid', `A ${context.kind.kind} has no events of this type.`) }
      }
      const entry = entryOf(context, publication, session)
      if ('refused' in entry) return { id, refused: entry.refused }
      const stored = context.log.find(entry.user, id)
      if (stored !== null && !isSame(stored, entry)) {
        return { id, refused: refusal('conflict', 'This id was used for something else.') }
      }
      if (stored !== null) return { id, seq: stored.seq, duplicate: true }
      const checked = beforeStoring(context, entry)
      if ('refused' in checked) return { id, refused: checked.refused }
      const event = context.log.append(checked, now)
      events.push(event)
      return { id, seq: event.seq, duplicate: false }
    }),
  )
  return { result, outcome: events.length === 0 ? nothing : outcome({ events }) }
}

/** The event as the hooks leave it, or the refusal of one of them. They see the text of an agent only. */
function beforeStoring(context: RoomContext, entry: NewEvent): NewEvent | { refused: Refusal } {
  if (context.hooks.beforeStore.length === 0 || !isOf(entry, 'agent_message')) return entry
  const text = beforeStore(context, { type: 'agent_message', content: entry.data.content, session: null })
  if ('refused' in text) return text
  const data = { ...entry.data, content: text.content }
  return text.origin === undefined ? { ...entry, data } : { ...entry, data, origin: text.origin }
}

function isOf<Type extends EventType>(entry: NewEvent, type: Type): entry is NewEvent<Type> {
  return entry.type === type
}

/** The event to store. A file event is `by` its publisher, whatever its data says. */
function entryOf(
  context: RoomContext,
  { id, type, data }: AnyPublication,
  { user }: Session,
): (NewEvent & { id: string }) | { refused: Refusal } {
  switch (type) {
    case 'git_status':
      return { type, user: user.id, id, data }
    case 'agent_message':
      return agentEntry(context, id, data)
    default:
      return { type, user: user.id, id, data: { ...data, by: user.id } }
  }
}

/** The message of an agent that runs elsewhere. It prompts no other agent, since it has no hop to count (T7). */
function agentEntry(
  context: RoomContext,
  id: string,
  { agent_id, content, in_reply_to }: z.infer<typeof agentText>,
): (NewEvent<'agent_message'> & { id: string }) | { refused: Refusal } {
  const { agents, limits, log, settings } = context
  const cleaned = cleanContent(content, limits.content_bytes)
  if ('refused' in cleaned) return cleaned
  if (in_reply_to !== undefined && log.at(in_reply_to) === null) {
    return { refused: refusal('not_found', 'The message this replies to is not kept here.') }
  }
  const user = `agent:${agent_id}`
  const data = {
    content: cleaned.content,
    agent_id,
    agent_name: agents.description(agent_id).name,
    turn: `event:${id}`,
    ...(in_reply_to !== undefined && { in_reply_to }),
    session_id: memoryIdOf(settings, user, undefined),
    hop: 1,
  }
  return { type: 'agent_message', user, id, data }
}
