import { nameForAgents } from '../../agents/names.ts'
import { timestamp } from '../../protocol/dialects/dialect.ts'
import type { MessagePart, TurnMessage, TurnRequest, TurnStep } from '../../protocol/turns.ts'
import { filesComponent } from '../files/files-component.ts'
import type { StoredMessage } from '../log/messages.ts'
import { contextWindow } from './context-window.ts'
import type { TurnContext } from './turn-context.ts'
import type { Turn } from './turn-queue.ts'

/** The request that calls an agent for a turn with these steps; null if the prompt is no longer kept. */
export function turnRequest(context: TurnContext, turn: Turn, steps: TurnStep[], now: number): TurnRequest | null {
  const { settings, kind, name, messages, limits } = context
  const prompt = messages.at(turn.seq)
  if (prompt === null && (turn.note === null || isDeleted(context, turn.seq))) return null
  const { title, status, prompt: instructions } = settings.value
  return {
    turn: turn.id,
    attempt: turn.attempt,
    agent: turn.agent,
    session_id: turn.session,
    channel: `${kind.kind}:${name}`,
    circle: { title, status },
    asked: prompt === null ? trimmedMessage(turn) : turnMessageIn(context, prompt, turn.agent, now),
    history: prompt === null ? [] : historyOf(context, prompt, turn, now),
    members: membersOf(context),
    decisions: turn.decisions,
    steps,
    ...(turn.note !== null && { reminder: { text: turn.note.text, set_at: turn.note.set_at } }),
    settings: instructions === '' ? {} : { prompt: instructions },
    ...(turn.request !== null && { request_id: turn.request }),
    turn_seconds: limits.turn_seconds,
    now: timestamp(now),
  }
}

/** Returns whether the message with this seq was deleted, rather than trimmed or kept. */
export function isDeleted({ log }: Pick<TurnContext, 'log'>, seq: number): boolean {
  const data = log.at(seq)?.data
  return data !== undefined && 'deleted' in data
}

function historyOf(context: TurnContext, prompt: StoredMessage, { session, agent }: Turn, now: number): TurnMessage[] {
  return contextWindow(context, prompt, session).map(message => turnMessageIn(context, message, agent, now))
}

function membersOf({ presence, settings, agents }: TurnContext): TurnRequest['members'] {
  const people = presence.members().map(({ id, name, kind }) => ({ id, name: nameForAgents(name), kind: `${kind}` }))
  const own = [...settings.agents()].map(id => ({
    id: `agent:${id}`,
    name: agents.description(id).name,
    kind: 'agent',
  }))
  return [...people, ...own]
}

/** A message as an agent receives it, with addresses at which it can read the files that the message names. */
export function turnMessageIn(
  { components }: Pick<TurnContext, 'components'>,
  event: StoredMessage,
  agent: string,
  now: number,
): TurnMessage {
  const message = turnMessageOf(event, agent)
  const attachments = event.type === 'message' ? event.data.attachments : undefined
  if (attachments === undefined) return message
  const keeper = components.named(filesComponent)
  const files = attachments.flatMap(({ id, name, media_type, bytes }): MessagePart[] => {
    const url = keeper?.fileUrl?.(id, now) ?? null
    return url === null ? [] : [{ type: 'file', name, media_type, bytes, url }]
  })
  return { ...message, parts: [{ type: 'text', text: message.content }, ...files] }
}

/** A message as an agent receives it, with how far it is to be trusted. Anybody may have written what was imported. */
export function turnMessageOf(event: StoredMessage, agent: string): TurnMessage {
  const message = turnMessage(event, agent)
  return event.origin?.imported_by === undefined ? message : { ...message, trust: 'untrusted' }
}

function turnMessage(event: StoredMessage, agent: string): TurnMessage {
  const common = { seq: event.seq, at: timestamp(event.at), content: event.data.content }
  if (event.type === 'message') {
    const { user_id: id } = event.data
    const name = nameForAgents(event.data.user_name)
    // A workspace's messages contain names of files, which anybody may choose.
    const kind = /^(guest|workspace):/.test(id) ? ('guest' as const) : ('person' as const)
    return { ...common, author: { id, name, kind }, trust: kind === 'guest' ? 'untrusted' : 'member' }
  }
  const { agent_id, agent_name } = event.data
  const author = { id: `agent:${agent_id}`, name: nameForAgents(agent_name), kind: 'agent' as const }
  return { ...common, author, trust: agent_id === agent ? 'self' : 'agent' }
}

/** The prompt of a reminder that retention has trimmed since, as far as the reminder knows it. */
function trimmedMessage({ seq, note }: Turn): TurnMessage {
  const { text = '', set_at = '', by = { id: '', name: '', kind: 'person' as const } } = note ?? {}
  return {
    seq,
    at: set_at,
    author: { ...by, name: nameForAgents(by.name) },
    trust: by.kind === 'guest' ? 'untrusted' : 'member',
    content: text,
  }
}
