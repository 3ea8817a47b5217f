import type { EventData } from '../../protocol/events.ts'
import type { EventLog } from '../log/event-log.ts'
import { type Outcome, outcome } from '../outcome.ts'
import type { TurnContext } from './turn-context.ts'
import type { Turn } from './turn-queue.ts'

type Activity = EventData<'agent_activity'>

/**
 * Reports to an agent's own channel what it is doing, never what is said. Whoever listens there may not read a private
 * circle, so of one the report names neither the circle nor the tools, which an agent may take from the conversation.
 */
export function reportActivity(
  { kind, name, settings, observer }: TurnContext,
  { id: turn, agent }: Turn,
  what: Pick<Activity, 'activity' | 'detail' | 'duration_ms' | 'usage'>,
): void {
  const isPrivate = settings.value.visibility === 'private'
  const { detail, ...rest } = what
  const showsDetail = detail !== undefined && !(isPrivate && what.activity === 'status')
  observer.agentActivity(agent, {
    turn,
    channel: `${kind.kind}:${isPrivate ? 'private' : name}`,
    ...rest,
    ...(showsDetail && { detail }),
  })
}

/** Stores in an agent's own channel what the agent does in some circle. */
export function recordActivity({ log, name }: { log: EventLog; name: string }, data: Activity, now: number): Outcome {
  return outcome({ events: [log.append({ type: 'agent_activity', user: `agent:${name}`, id: null, data }, now)] })
}
