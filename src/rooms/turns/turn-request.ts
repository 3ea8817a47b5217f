import { timestamp } from '../../protocol/dialects/dialect.ts'
import type { TurnMessage, TurnRequest } from '../../protocol/turns.ts'
import type { StoredMessage } from '../log/messages.ts'
import { contextWindow } from './context-window.ts'
import type { TurnContext } from './turn-context.ts'
import type { Turn } from './turn-queue.ts'

/** Everything an agent is told about a turn; null if the line that asks is no longer kept. */
export function turnRequest(context: TurnContext, turn: Turn, now: number): TurnRequest | null {
  const { settings, kind, name, messages } = context
  const asked = messages.at(turn.seq)
  if (asked === null && turn.note === null) return null
  const { title, status, prompt } = settings.value
  return {
    turn: turn.id,
    attempt: turn.attempt,
    agent: turn.agent,
    session_id: turn.session,
    channel: `${kind.kind}:${name}`,
    circle: { title, status },
    asked: asked === null ? lostLine(turn) : turnMessageOf(asked, turn.agent),
    history:
      asked === null ? [] : contextWindow(context, asked, turn.session).map(line => turnMessageOf(line, turn.agent)),
    members: membersOf(context),
    decisions: turn.decisions,
    ...(turn.note !== null && { reminder: { text: turn.note.text, set_at: turn.note.set_at } }),
    settings: prompt === '' ? {} : { prompt },
    ...(turn.request !== null && { request_id: turn.request }),
    now: timestamp(now),
  }
}

function membersOf({ presence, settings, agents }: TurnContext): TurnRequest['members'] {
  const people = presence.members().map(({ id, name, kind }) => ({ id, name, kind: `${kind}` }))
  const own = [...settings.agents()].map(id => ({
    id: `agent:${id}`,
    name: agents.description(id).name,
    kind: 'agent',
  }))
  return [...people, ...own]
}

/** A line as an agent is shown it, with how far to trust it. */
export function turnMessageOf(event: StoredMessage, agent: string): TurnMessage {
  const around = { seq: event.seq, at: timestamp(event.at), content: event.data.content }
  if (event.type === 'message') {
    const { user_id: id, user_name: name } = event.data
    const kind = /^(guest|workspace):/.test(id) ? ('guest' as const) : ('person' as const) // names of files are anybody's
    return { ...around, author: { id, name, kind }, trust: kind === 'guest' ? 'untrusted' : 'member' }
  }
  const { agent_id, agent_name } = event.data
  const author = { id: `agent:${agent_id}`, name: agent_name, kind: 'agent' as const }
  return { ...around, author, trust: agent_id === agent ? 'self' : 'agent' }
}

/** A reminder outlives the line that set it: retention may have taken that away meanwhile. */
function lostLine({ seq, note }: Turn): TurnMessage {
  const { text = '', set_at = '', by = { id: '', name: '', kind: 'person' as const } } = note ?? {}
  return { seq, at: set_at, author: by, trust: by.kind === 'guest' ? 'untrusted' : 'member', content: text }
}
