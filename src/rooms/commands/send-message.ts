import { agentsFor } from '../../agents/routing.ts'
import type { Principal } from '../../auth/principal.ts'
import type { CommandData } from '../../protocol/commands/commands.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { EventData } from '../../protocol/events/events.ts'
import { fits } from '../../protocol/text.ts'
import type { RoomContext } from '../context.ts'
import { beforeStore, cleanContent } from '../hooks.ts'
import type { NewEvent } from '../log/event-log.ts'
import { type Outcome, refusal, refuse, sequence, stored } from '../outcome.ts'
import { rateLimited } from '../sessions/rate-limit.ts'
import type { Session } from '../sessions/session.ts'
import { type Lineage, lineageOf } from './bot-guard.ts'
import { builtinCommand, type Invocation } from './command.ts'
import { findDuplicate } from './duplicates.ts'

type Data = CommandData<'message'>

const ofPerson: Lineage = { hop: 0 }

/** Stores a message and, in the same transaction, the turns it prompts. */
function sendMessage(context: RoomContext, session: Session, command: Invocation<Data>, now: number): Outcome {
  const { id } = command
  const { limits, hooks } = context
  const cleaned = cleanContent(command.data.content, limits.content_bytes)
  if ('refused' in cleaned) return refuse(id, cleaned.refused, now)
  const data: Data = { ...command.data, content: cleaned.content, to: command.data.to ?? session.agent ?? undefined }
  const duplicate = () => duplicateOf(context, session, { id, data }, now)
  const lineage = isBot(context, session) ? lineageOf(context, session, data, now) : ofPerson
  const problem =
    problemWith(context, data) ??
    lineage.refused ??
    tooQuick(context, { by: session.principal, content: data.content }, now)
  if (problem !== null) return (problem.code === 'too_large' ? null : duplicate()) ?? refuse(id, problem, now)
  let invocation: Invocation<Data> = { ...command, data }
  if (hooks.beforeStore.length > 0) {
    const earlier = duplicate()
    if (earlier !== null) return earlier
    const text = beforeStore(context, { type: 'message', content: data.content, session }, command.origin)
    if ('refused' in text) return refuse(id, text.refused, now)
    invocation = { ...command, data: { ...data, content: text.content }, origin: text.origin }
  }
  const sent = store(context, session, { ...invocation, ...lineage }, now)
  // Most ids are new. The index refuses the others, and only then is the stored event read.
  if (sent === null) return duplicate() ?? refuse(id, refusal('conflict', 'This id was used before.'), now)
  context.answerPace.sent({ by: session.principal, content: data.content }, now)
  if (context.typing.size > 0) context.typing.end(session, now)
  return sent
}

function problemWith({ limits, agents, settings, log }: RoomContext, { meta, to, reply_to }: Data) {
  if (meta !== undefined && !fits(JSON.stringify(meta), limits.meta_bytes)) {
    return refusal('too_large', `The meta data has at most ${limits.meta_bytes} bytes.`)
  }
  if (to !== undefined && !agents.ids.has(to) && !settings.agents().has(to)) {
    return refusal('agent_unavailable', `There is no agent called ${to} here.`)
  }
  if (reply_to !== undefined && log.at(reply_to) === null) {
    return refusal('not_found', 'The message this replies to is not kept here.')
  }
  return null
}

/** Is this a program, by its token or by the settings of the circle? */
function isBot({ settings }: RoomContext, { principal }: Session): boolean {
  return principal.bot === true || settings.value.bots.includes(principal.id)
}

/** Is this one of many answers of two guests that came faster than people could write them? */
function tooQuick({ answerPace }: RoomContext, sent: { by: Principal; content: string }, now: number): Refusal | null {
  const waitMs = answerPace.waitMs(sent, now)
  return waitMs === 0 ? null : rateLimited(waitMs)
}

function duplicateOf(
  context: RoomContext,
  session: Session,
  { id, data }: { id: string | null; data: Data },
  now: number,
) {
  const { content, reply_to, to, meta } = data
  // Keys that are absent now must have been absent then, too.
  const wanted = { content, reply_to, to, meta } satisfies Record<keyof Data, unknown> as Partial<EventData<'message'>>
  return findDuplicate(context, session, { id, type: 'message', data: wanted }, now)
}

/** Stores the message; null if this user stored an event under this id before. */
function store(
  context: RoomContext,
  session: Session,
  command: Invocation<Data> & Lineage,
  now: number,
): Outcome | null {
  const { log, turns, sql } = context
  const message = messageFrom(session, command)
  const agents = agentsFor(context, message)
  // A single statement is atomic and needs no transaction of its own.
  if (agents.length === 0) {
    const event = log.appendOnce(message, now)
    return event === null ? null : stored(event, command.id, now)
  }
  return sql.transaction(() => {
    const event = log.appendOnce(message, now)
    if (event === null) return null
    return sequence(stored(event, command.id, now), turns.prompt({ message: event, agents, session }, now))
  })
}

function messageFrom(
  { user }: Session,
  { id, data, origin, hop, bot }: Invocation<Data> & Lineage,
): NewEvent<'message'> {
  const { content, reply_to, to, meta } = data
  return {
    type: 'message',
    user: user.id,
    id,
    data: {
      content,
      user_id: user.id,
      user_name: user.name,
      client_id: id,
      ...(reply_to !== undefined && { reply_to }),
      ...(to !== undefined && { to }),
      ...(meta !== undefined && { meta }),
      hop,
      ...(bot && { bot }),
    },
    ...(origin && { origin }),
  }
}

/** `message`: sends a message. */
export const messageCommand = builtinCommand('message', sendMessage, { writes: true, creates: true })
