import { agentsFor } from '../../agents/routing.ts'
import type { Principal } from '../../auth/principal.ts'
import type { CommandData } from '../../protocol/commands/commands.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { EventData } from '../../protocol/events/events.ts'
import type { Attachment } from '../../protocol/files.ts'
import { fits } from '../../protocol/text.ts'
import type { RoomContext } from '../context.ts'
import { filesComponent } from '../files/files-component.ts'
import { beforeStore, cleanContent } from '../hooks.ts'
import type { NewEvent } from '../log/event-log.ts'
import { nothing, type Outcome, refusal, refuse, sequence, stored } from '../outcome.ts'
import { rateLimited } from '../sessions/rate-limit.ts'
import type { Session } from '../sessions/session.ts'
import { namedFiles, textWithFiles } from './attachments.ts'
import { type Lineage, lineageOf } from './bot-guard.ts'
import { builtinCommand, type Invocation } from './command.ts'
import { findDuplicate } from './duplicates.ts'

type Data = CommandData<'message'>
/** `attachments`: what the files are that it names. */
type NewMessage = Invocation<Data> & Lineage & { attachments: Attachment[] | undefined }

const ofPerson: Lineage = { hop: 0 }

/** Stores a message and, in the same transaction, the turns it prompts. */
function sendMessage(context: RoomContext, session: Session, command: Invocation<Data>, now: number): Outcome {
  const { id, data: sent } = command
  const { limits, hooks } = context
  const files = sent.attachments === undefined ? null : namedFiles(context, session, sent.attachments)
  const attachments = files?.attachments
  const text = files === null ? sent.content : textWithFiles(sent.content, files)
  const cleaned = cleanContent(text, limits.content_bytes)
  if ('refused' in cleaned) return refuse(id, cleaned.refused, now)
  const data: Data = { ...sent, content: cleaned.content, to: sent.to ?? session.agent ?? undefined }
  const duplicate = () => duplicateOf(context, session, { id, data, attachments }, now)
  const lineage = isBot(context, session) ? lineageOf(context, session, data, now) : ofPerson
  const problem =
    problemWith(context, data) ??
    files?.refused ??
    lineage.refused ??
    tooQuick(context, { by: session.principal, content: data.content }, now)
  if (problem !== null) return (problem.code === 'too_large' ? null : duplicate()) ?? refuse(id, problem, now)
  let message: NewMessage = { ...command, data, ...lineage, attachments }
  if (hooks.beforeStore.length > 0) {
    const earlier = duplicate()
    if (earlier !== null) return earlier
    const result = applyHooks(context, session, message)
    if ('refusal' in result) return refuse(id, result.refusal, now)
    message = result
  }
  const outcome = store(context, session, message, now)
  // Most ids are new. The index refuses the others, and only then is the stored event read.
  if (outcome === null) return duplicate() ?? refuse(id, refusal('conflict', 'This id was used before.'), now)
  context.answerPace.sent({ by: session.principal, content: data.content }, now)
  if (context.typing.size > 0) context.typing.end(session, now)
  return outcome
}

/** The message as the rules of the circle leave it, or why they refuse it. */
function applyHooks(context: RoomContext, session: Session, message: NewMessage): NewMessage | { refusal: Refusal } {
  const { data, attachments, origin } = message
  const text = beforeStore(context, { type: 'message', content: data.content, session, attachments }, origin)
  if ('refused' in text) return { refusal: text.refused }
  return { ...message, data: { ...data, content: text.content }, origin: text.origin }
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
  { id, data, attachments }: Pick<NewMessage, 'id' | 'data' | 'attachments'>,
  now: number,
) {
  const { content, reply_to, to, meta } = data
  // Keys that are absent now must have been absent then, too.
  const wanted = { content, reply_to, to, meta, attachments } satisfies Record<keyof Data, unknown> as Partial<
    EventData<'message'>
  >
  return findDuplicate(context, session, { id, type: 'message', data: wanted }, now)
}

/** Stores the message; null if this user stored an event under this id before. */
function store(context: RoomContext, session: Session, command: NewMessage, now: number): Outcome | null {
  const { log, turns, sql, components } = context
  const { attachments: ids } = command.data
  const message = messageFrom(session, command)
  const agents = agentsFor(context, message)
  // A single statement is atomic and needs no transaction of its own.
  if (agents.length === 0 && ids === undefined) {
    const event = log.appendOnce(message, now)
    return event === null ? null : stored(event, command.id, now)
  }
  return sql.transaction(() => {
    const event = log.appendOnce(message, now)
    if (event === null) return null
    if (ids !== undefined) components.named(filesComponent)?.nameFiles?.(ids, event.seq)
    const prompted = agents.length === 0 ? nothing : turns.prompt({ message: event, agents, session }, now)
    return sequence(stored(event, command.id, now), prompted)
  })
}

function messageFrom({ user }: Session, { id, data, attachments, origin, hop, bot }: NewMessage): NewEvent<'message'> {
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
      ...(attachments !== undefined && { attachments }),
      hop,
      ...(bot && { bot }),
    },
    ...(origin && { origin }),
  }
}

/** `message`: sends a message. */
export const messageCommand = builtinCommand('message', sendMessage, { writes: true, creates: true })
