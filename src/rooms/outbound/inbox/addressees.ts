import { first, type SqlRow } from '../../../lib/sql.ts'
import type { EventOf, LoggedEvent } from '../../../protocol/events/events.ts'
import type { InboxKind } from '../../../protocol/inbox.ts'
import { mentionedNames } from '../../../protocol/mentions.ts'
import { atLeast } from '../../../protocol/roles.ts'
import type { InboxNews } from '../../../rpc/inbox.ts'
import type { RoomContext } from '../../context.ts'
import { standingOf } from '../../members/standing.ts'
import type { Reader } from './readers.ts'

/** Something that is for one person's inbox. */
export type Addressed = { user: string; news: InboxNews }

type People = ReadonlyMap<string, Reader>
type Add = (user: string, kind: InboxKind) => void

const nearEvents = 500 // in which earlier replies of a thread, or a question, are looked for
const maxText = 200 // characters of a notification
const maxAsked = 50 // people who are told of a request for approval because of their role

/** Could an event be for anybody's inbox? Most are not, and this is asked of each. */
export function mayBeAddressed({ type, data }: LoggedEvent, { kind, name }: RoomContext): boolean {
  if (type === 'message' && kind.isPair(name)) return true
  if (type === 'message') return data.reply_to !== undefined || data.content.includes('@')
  if (type === 'agent_message') return data.in_reply_to !== undefined || data.content.includes('@')
  if (type === 'message_edited') return data.content.includes('@')
  return type === 'approval_requested' || type === 'approval_decided' || type === 'turn_failed'
}

/** For whom an event is, among people who have been here and may still be: each once, and never its author. */
export function addresseesOf(context: RoomContext, people: People, event: LoggedEvent): Addressed[] {
  if (event.type === 'approval_decided') return closed(context, people, event)
  const found = new Map<string, InboxKind>()
  const author = authorOf(context, event)
  collect(context, people, event, (user, kind) => {
    if (user !== author.id && people.has(user) && !found.has(user)) found.set(user, kind)
  })
  const root = rootOf(context, event)
  const { channelName: channel, settings } = context
  const { seq, at } = event
  const text = textOf(event)
  const shown = text !== null && { text, isPrivate: settings.value.visibility === 'private' }
  return [...found]
    .filter(([user]) => standingOf(context, user) !== null)
    .map(([user, kind]) => {
      const approval = event.type === 'approval_requested' && { approval: event.data.approval }
      const message = event.type === 'message_edited' && { message: event.data.target }
      return {
        user,
        news: { channel, epoch: settings.epoch, seq, kind, at, from: author, root, ...approval, ...message, ...shown },
      }
    })
}

/** How an event begins, for those who see a notification of it. */
function textOf({ type, data }: LoggedEvent): string | null {
  const isText = type === 'message' || type === 'agent_message' || type === 'message_edited'
  const whole = isText ? data.content : type === 'approval_requested' ? data.description : null
  return whole === null ? null : [...whole.slice(0, 2 * maxText)].slice(0, maxText).join('')
}

function collect(context: RoomContext, people: People, event: LoggedEvent, add: Add): void {
  switch (event.type) {
    case 'message':
    case 'agent_message':
      for (const user of mentioned(event.data.content, people)) add(user, 'mention')
      for (const user of inThread(context, rootOf(context, event), event.seq)) add(user, 'reply')
      if (event.type === 'message' && context.kind.isPair(context.name))
        for (const user of people.keys()) add(user, 'direct')
      return
    case 'message_edited':
      for (const user of addedMentions(context, people, event)) add(user, 'mention')
      return
    case 'approval_requested':
      for (const user of asked(context, people, event)) add(user, 'approval')
      return
    case 'turn_failed':
      add(context.log.author(event.data.in_reply_to) ?? '', 'failure')
  }
}

/** The people whose names a text mentions. */
function mentioned(content: string, people: People): string[] {
  if (!content.includes('@')) return []
  const names = mentionedNames(
    content,
    [...people.values()].map(({ name }) => name),
  )
  return [...people].flatMap(([user, { name }]) => (names.has(name) ? [user] : []))
}

/** The people whom an edited text mentions, and the text before did not. */
function addedMentions(context: RoomContext, people: People, event: EventOf<'message_edited'>): string[] {
  const before = textBefore(context, event)
  if (before === null) return []
  const known = new Set(mentioned(before, people))
  return mentioned(event.data.content, people).filter(user => !known.has(user))
}

/** What a message said before an edit; null if it was deleted since. */
function textBefore({ sql, log }: RoomContext, { seq, data }: EventOf<'message_edited'>): string | null {
  const message = log.at(data.target)
  if (message?.type !== 'message' || message.data.deleted) return null
  const edit = first<SqlRow & { content: string }>(
    sql,
    `SELECT json_extract(data, '$.content') AS content FROM events
      WHERE seq IN (SELECT value FROM json_each((SELECT edits FROM events WHERE seq = ?1))) AND seq < ?2
      ORDER BY seq DESC LIMIT 1`,
    ...[data.target, seq],
  )
  return edit?.content ?? message.data.content
}

/** The seq of the message that began the thread of an event, or null. */
function rootOf({ log }: RoomContext, event: LoggedEvent): number | null {
  if (event.type === 'message') return event.data.reply_to ?? null
  if (event.type === 'message_edited') return replyTo(log.at(event.data.target))
  if (event.type !== 'agent_message' && event.type !== 'turn_failed') return null
  const prompt = event.data.in_reply_to === undefined ? null : log.at(event.data.in_reply_to)
  return replyTo(prompt)
}

const replyTo = (event: LoggedEvent | null): number | null =>
  event?.type === 'message' ? (event.data.reply_to ?? null) : null

/** Who began a thread, and who replied in it lately. */
function inThread({ sql, log }: RoomContext, root: number | null, before: number): string[] {
  if (root === null) return []
  const repliers = sql.all<{ user: string }>(
    `SELECT DISTINCT user FROM events
      WHERE seq > ?1 AND seq < ?2 AND type = 'message' AND json_extract(data, '$.reply_to') = ?3`,
    Math.max(root, before - nearEvents),
    before,
    root,
  )
  return [log.author(root) ?? '', ...repliers.map(({ user }) => user)]
}

/** Whom a request for approval asks: those it names, or those whose role is enough. */
function asked(context: RoomContext, people: People, { data }: EventOf<'approval_requested'>): string[] {
  if (data.users !== undefined) return data.users
  const may = (user: string): boolean => {
    const role = standingOf(context, user)
    return role !== null && atLeast(role, data.role) && (data.except !== user || atLeast(role, 'moderator'))
  }
  return [...people.keys()].filter(may).slice(0, maxAsked)
}

/** Those who were asked are told that nobody waits any more. */
function closed(context: RoomContext, people: People, { data, seq }: EventOf<'approval_decided'>): Addressed[] {
  const { sql, log, channelName: channel } = context
  const request = first<SqlRow & { seq: number }>(
    sql,
    `SELECT seq FROM events WHERE seq > ?1 AND seq < ?2 AND type = 'approval_requested'
      AND json_extract(data, '$.approval') = ?3`,
    ...[seq - nearEvents, seq, data.approval],
  )
  const event = request === null ? null : log.at(request.seq)
  if (event?.type !== 'approval_requested') return []
  const users = asked(context, people, event).filter(user => people.has(user))
  return users.map(user => ({ user, news: { channel, closed: data.approval } }))
}

function authorOf({ agents, log }: RoomContext, { type, data }: LoggedEvent): { id: string; name: string } {
  if (type === 'message') return { id: data.user_id, name: data.user_name }
  if (type === 'agent_message') return { id: data.agent_id, name: data.agent_name }
  if (type === 'message_edited') {
    const message = log.at(data.target)
    return { id: data.user_id, name: message?.type === 'message' ? message.data.user_name : data.user_id }
  }
  if (type !== 'approval_requested' && type !== 'turn_failed') return { id: '', name: '' }
  return { id: data.agent_id, name: agents.description(data.agent_id).name }
}
