import type { EventData } from '../../protocol/events.ts'
import type { RoomContext } from '../context.ts'
import { broadcast, type Effect } from '../effects.ts'
import type { TurnContext } from './turn-context.ts'
import type { Turn } from './turn-queue.ts'

type Activity = EventData<'agent_activity'>

/**
 * Tells an agent's own channel what it is doing, never what is said. Those who listen there may not read a private
 * circle, so of one they learn neither its name nor the names of tools, which an agent may take from the talk.
 */
export function activityEffect(
  { channel, name, settings }: TurnContext,
  { id: turn, agent }: Turn,
  what: Pick<Activity, 'activity' | 'detail' | 'duration_ms' | 'usage'>,
): Effect {
  const isPrivate = settings.value.visibility === 'private'
  const { detail, ...rest } = what
  const data: Activity = {
    turn,
    channel: isPrivate ? `${channel.kind}:private` : `${channel.kind}:${name}`,
    ...rest,
    ...(detail !== undefined && !(isPrivate && what.activity === 'status') && { detail }),
  }
  return { do: 'report', agent, data }
}

/** An agent's own channel hears what the agent is doing in some circle. */
export function recordActivity({ log, name }: RoomContext, data: Activity, now: number): Effect[] {
  return [broadcast(log.append({ type: 'agent_activity', user: `agent:${name}`, id: null, data }, now))]
}
