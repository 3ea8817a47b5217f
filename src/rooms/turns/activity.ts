import type { EventData } from '../../protocol/events/events.ts'
import type { EventLog } from '../log/event-log.ts'
import { type Outcome, outcome } from '../outcome.ts'
import type { TurnContext } from './turn-context.ts'
import type { Turn } from './turn-queue.ts'

type Activity = EventData<'agent_activity'>

/**
 * Reports an agent's activity to its own channel, never the content of messages. Readers of that channel may not be
 * members of a private circle, so a report from one names neither the circle nor the tools: an agent may take a tool's
 * name from the conversation.
 */
export function reportActivity(
  { kind, name, settings, observer }: TurnContext,
  { id: turn, agent }: Turn,
  report: Pick<Activity, 'activity' | 'detail' | 'duration_ms' | 'usage'>,
): void {
  const isPrivate = settings.value.visibility === 'private'
  const { detail, ...rest } = report
  const showsDetail = detail !== undefined && !(isPrivate && report.activity === 'status')
  observer.agentActivity(agent, {
    turn,
    channel: `${kind.kind}:${isPrivate ? 'private' : name}`,
    ...rest,
    ...(showsDetail && { detail }),
  })
}

/** Stores an activity report in the agent's own channel. */
export function recordActivity({ log, name }: { log: EventLog; name: string }, data: Activity, now: number): Outcome {
  return outcome({ events: [log.append({ type: 'agent_activity', user: `agent:${name}`, id: null, data }, now)] })
}
