import type { z } from 'zod'
import type { Refusal } from '../../protocol/errors.ts'
import type { LoggedEvent } from '../../protocol/events.ts'
import type { AnyPublication, agentText, PublicationResult } from '../../protocol/publish-schema.ts'
import { memoryIdOf, type RoomContext } from '../context.ts'
import { broadcast, type Effect, refusal } from '../effects.ts'
import type { NewEvent } from '../log/event-log.ts'
import type { Session } from '../sessions/session.ts'
import { isSame } from './idempotency.ts'
import { cleanContent, refuseWriting } from './permissions.ts'

/**
 * A program tells of what happened elsewhere. All that is new is stored in one transaction, so that a batch costs one
 * commit; what was stored before under its id is only found again; what may not be told fails by itself.
 */
export function publish(
  context: RoomContext,
  session: Session,
  publications: readonly AnyPublication[],
  now: number,
): { results: PublicationResult[]; effects: Effect[] } {
  const mayNot = refuseWriting(context, session)
  if (mayNot !== null) return { results: publications.map(({ id }) => ({ id, refused: mayNot })), effects: [] }
  const events: LoggedEvent[] = []
  const results = context.sql.transaction(() =>
    publications.map((publication): PublicationResult => {
      const { id, type } = publication
      if (!context.channel.publishes.includes(type)) {
        return { id, refused: refusal('invalid', `a ${context.channel.kind} has no events of this type`) }
      }
      const entry = entryOf(context, publication, session)
      if ('refused' in entry) return { id, refused: entry.refused }
      const stored = context.log.find(entry.user, id)
      if (stored !== null && !isSame(stored, entry)) {
        return { id, refused: refusal('conflict', 'this id was used for something else') }
      }
      if (stored !== null) return { id, seq: stored.seq, duplicate: true }
      const event = context.log.append(entry, now)
      events.push(event)
      context.digests.stirred(now)
      return { id, seq: event.seq, duplicate: false }
    }),
  )
  return { results, effects: events.length === 0 ? [] : [broadcast(events)] }
}

/** Whoever tells of a file is who it is `by`, whatever they say. */
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

/** An agent that runs elsewhere speaks. It wakes no other: whoever calls it has no hop to count (T7). */
function agentEntry(
  { agents, limits, log, settings }: RoomContext,
  id: string,
  { agent_id, content, in_reply_to }: z.infer<typeof agentText>,
): (NewEvent<'agent_message'> & { id: string }) | { refused: Refusal } {
  const read = cleanContent(content, limits.content_bytes)
  if ('refused' in read) return read
  if (in_reply_to !== undefined && log.at(in_reply_to) === null) {
    return { refused: refusal('not_found', 'the line this replies to is not kept here') }
  }
  const user = `agent:${agent_id}`
  const data = {
    content: read.content,
    agent_id,
    agent_name: agents.about(agent_id).name,
    turn: `event:${id}`,
    ...(in_reply_to !== undefined && { in_reply_to }),
    session_id: memoryIdOf(settings, user, undefined),
    hop: 1,
  }
  return { type: 'agent_message', user, id, data }
}
