import type { CommandData } from '../../protocol/commands/commands.ts'
import { canonicalEmoji } from '../../protocol/emoji.ts'
import type { EventOf, LoggedEvent, Origin } from '../../protocol/events/events.ts'
import { atLeast } from '../../protocol/roles.ts'
import type { RoomContext } from '../context.ts'
import { beforeStore, cleanContent } from '../hooks.ts'
import type { NewEvent } from '../log/event-log.ts'
import { accepted, type Outcome, refusal, refuse, sequence, stored } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { builtinCommand, type Invocation } from './command.ts'
import { findDuplicate } from './duplicates.ts'

type Message = EventOf<'message'> | EventOf<'agent_message'>
type FileEvent = EventOf<'file_created'> | EventOf<'file_changed'> | EventOf<'file_deleted'>
type Change = 'message_edited' | 'message_deleted' | 'reaction'

/** Replaces the text of a message, for its author. */
function editMessage(
  context: RoomContext,
  session: Session,
  command: Invocation<CommandData<'edit'>>,
  now: number,
): Outcome {
  const { id, data } = command
  const cleaned = cleanContent(data.content, context.limits.content_bytes)
  if ('refused' in cleaned) return refuse(id, cleaned.refused, now)
  const user = session.user.id
  const edit = ({ content, origin }: { content: string; origin?: Origin }): NewEvent<'message_edited'> => {
    const edited = { target: data.seq, content, user_id: user }
    return { type: 'message_edited', user, id, data: edited, ...(origin && { origin }) }
  }
  const message = messageAt(context, data.seq)
  const refused = refuseChange(
    context,
    session,
    { change: edit(cleaned), message, isAllowed: isAuthor(session, message) },
    now,
  )
  if (refused !== null) return refused
  const text = beforeStore(context, { type: 'message_edited', content: cleaned.content, session })
  if ('refused' in text) return refuse(id, text.refused, now)
  if (context.messages.at(data.seq)?.data.content === text.content) return accepted(id, now)
  return context.sql.transaction(() => {
    const event = context.log.append(edit(text), now)
    context.log.recordEdit(data.seq, event.seq)
    context.search.remove(data.seq) // the next search indexes the new text
    return stored(event, id, now)
  })
}

/**
 * Deletes a message, or the diff of a change to a file, for its author or a moderator: the text is removed from the log,
 * the event stays. What a deleted message prompted ends.
 */
function deleteMessage(
  context: RoomContext,
  session: Session,
  command: Invocation<CommandData<'delete'>>,
  now: number,
): Outcome {
  const { id, data } = command
  const user = session.user.id
  const change = { type: 'message_deleted', user, id, data: { target: data.seq, user_id: user } } as const
  const message = messageAt(context, data.seq) ?? diffAt(context, data.seq)
  const isAllowed = isAuthor(session, message) || atLeast(session.user.role, 'moderator')
  const refused = refuseChange(context, session, { change, message, isAllowed }, now)
  if (refused !== null) return refused
  const deleted = context.sql.transaction(() => {
    const event = context.log.append(change, now)
    if (message !== null && 'diff' in message.data) context.log.redactDiff(data.seq)
    else context.log.redact(data.seq)
    context.search.remove(data.seq)
    context.reactions.removeAt(data.seq)
    context.components.onErased(data.seq, data.seq + 1)
    return stored(event, id, now)
  })
  return sequence(deleted, context.turns.dropPromptedAt(data.seq, now))
}

/** Adds a reaction to a message, or removes it. What is so already is acknowledged, and is no event. */
function reactToMessage(
  context: RoomContext,
  session: Session,
  command: Invocation<CommandData<'react'>>,
  now: number,
): Outcome {
  const { id, data } = command
  const emoji = canonicalEmoji(data.emoji)
  if (emoji === null) return refuse(id, refusal('invalid', 'data.emoji is not one emoji.'), now)
  const user = session.user.id
  const reaction = { target: data.seq, emoji, user_id: user, removed: data.remove ?? false }
  const change = { type: 'reaction', user, id, data: reaction } as const
  const message = messageAt(context, data.seq)
  const refused = refuseChange(context, session, { change, message, isAllowed: true }, now)
  if (refused !== null) return refused
  return context.sql.transaction(() =>
    context.reactions.set(reaction) ? stored(context.log.append(change, now), id, now) : accepted(id, now),
  )
}

/** The message with this seq; null if it is not kept, was deleted, or is not a message. */
function messageAt({ log }: RoomContext, seq: number): Message | null {
  const event = log.at(seq)
  if (event === null || (event.type !== 'message' && event.type !== 'agent_message')) return null
  return event.data.deleted ? null : event
}

/** The change to a file with this seq; null if it is not kept, or has no diff. */
function diffAt({ log }: RoomContext, seq: number): FileEvent | null {
  const event = log.at(seq)
  if (event === null || !isFileEvent(event)) return null
  return event.data.diff === undefined ? null : event
}

function isFileEvent(event: LoggedEvent): event is FileEvent {
  return event.type === 'file_created' || event.type === 'file_changed' || event.type === 'file_deleted'
}

function isAuthor({ user }: Session, message: Message | FileEvent | null): boolean {
  if (message === null || message.type === 'agent_message') return false
  return message.type === 'message' ? message.data.user_id === user.id : message.data.by === user.id
}

/** The outcome of a change that is refused or was stored before, or null if it may be made. */
function refuseChange<Type extends Change>(
  context: RoomContext,
  session: Session,
  { change, message, isAllowed }: { change: NewEvent<Type>; message: Message | FileEvent | null; isAllowed: boolean },
  now: number,
): Outcome | null {
  const { id, type, data } = change
  const duplicate = findDuplicate(context, session, { id, type, data }, now)
  if (duplicate !== null) return duplicate
  if (message === null) return refuse(id, refusal('not_found', 'There is no such message here.'), now)
  return isAllowed ? null : refuse(id, refusal('forbidden', 'This message is not yours.'), now)
}

/** `edit`: replaces the text of a message. */
export const editCommand = builtinCommand('edit', editMessage, { writes: true })

/** `delete`: deletes a message. */
export const deleteCommand = builtinCommand('delete', deleteMessage, { writes: true })

/** `react`: adds a reaction, or removes it. */
export const reactCommand = builtinCommand('react', reactToMessage, { writes: true })
