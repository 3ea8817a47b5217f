import type { Turn } from '../agents/turns.ts'
import { timestamp } from '../protocol/dialects/dialect.ts'
import type { EventOf } from '../protocol/events.ts'
import type { Line, TurnRequest } from '../protocol/turns.ts'
import type { Log } from './log.ts'
import type { Given } from './parts.ts'
import type { Settings } from './settings.ts'

const historyLines = 30

/** Everything an agent is told about a turn: the line that asks, and what was said before it. */
export function turnRequest(
  { log, settings, channel, name }: Given & { log: Log; settings: Settings },
  turn: Turn,
  asked: EventOf<'message'> | EventOf<'agent_message'>,
  now: number,
): TurnRequest {
  const { title, status } = settings.value
  return {
    turn: turn.id,
    attempt: turn.attempt,
    agent: turn.agent,
    session_id: turn.session,
    channel: `${channel.kind}:${name}`,
    circle: { title, status },
    asked: lineOf(asked, turn.agent),
    history: log
      .before(asked.seq, historyLines)
      .events.flatMap(event =>
        event.type === 'message' || event.type === 'agent_message' ? [lineOf(event, turn.agent)] : [],
      ),
    members: [],
    decisions: [],
    settings: {},
    now: timestamp(now),
  }
}

function lineOf(event: EventOf<'message'> | EventOf<'agent_message'>, agent: string): Line {
  const around = { seq: event.seq, at: timestamp(event.at), content: event.data.content }
  if (event.type === 'message') {
    const { user_id, user_name } = event.data
    const kind = user_id.startsWith('guest:') ? ('guest' as const) : ('person' as const)
    return {
      ...around,
      author: { id: user_id, name: user_name, kind },
      trust: kind === 'guest' ? 'untrusted' : 'member',
    }
  }
  const { agent_id, agent_name } = event.data
  const trust = agent_id === agent ? 'self' : 'agent'
  return { ...around, author: { id: agent_id, name: agent_name, kind: 'agent' }, trust }
}
