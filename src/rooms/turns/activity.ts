import { sha256 } from '../../lib/ids.ts'
import type { EventData, Usage } from '../../protocol/events/events.ts'
import type { EventLog } from '../log/event-log.ts'
import { type Outcome, outcome } from '../outcome.ts'
import type { StreamingTurn } from './streaming-turn.ts'
import type { TurnContext } from './turn-context.ts'
import type { Turn } from './turn-queue.ts'

type Activity = EventData<'agent_activity'>

/**
 * Reports an agent's activity to its own channel, never the content of messages. Readers of that channel may not be
 * members of a private circle, so a report from one names neither the circle nor the tools: an agent may take a tool's
 * name from the conversation. `alias` stands for the circle where tokens decide who may know of it: whoever can read
 * the circle knows its epoch and can compute it, and nobody else can guess it.
 */
export function reportActivity(
  { kind, name, settings, observer }: TurnContext,
  { id: turn, agent }: Turn,
  report: Pick<Activity, 'activity' | 'detail' | 'duration_ms' | 'usage'>,
): void {
  const isPrivate = settings.value.visibility === 'private'
  const { detail, ...rest } = report
  const showsDetail = detail !== undefined && !(isPrivate && report.activity === 'status')
  observer.agentActivity(
    agent,
    {
      turn,
      channel: `${kind.kind}:${isPrivate ? 'private' : name}`,
      ...rest,
      ...(showsDetail && { detail }),
    },
    isPrivate ? `${kind.kind}:private` : aliasOf(kind.kind, settings.epoch),
  )
}

/** The name under which a channel appears where its own would tell strangers of it. */
export function aliasOf(kind: string, epoch: string): string {
  return `${kind}:~${sha256(`activity ${epoch}`).slice(0, 16)}`
}

/** Stores an activity report in the agent's own channel. */
export function recordActivity({ log, name }: { log: EventLog; name: string }, data: Activity, now: number): Outcome {
  return outcome({ events: [log.append({ type: 'agent_activity', user: `agent:${name}`, id: null, data }, now)] })
}

/** How a turn ended without a failure, and the tokens that it used. */
export type TurnSummary = { outcome: 'answered' | 'stopped' | 'silent'; usage: Usage | undefined }

/** Reports the end of a turn that did not fail, to the agent's channel and to the operator. */
export function reportEnd(
  context: TurnContext,
  { turn, startedAt }: Pick<StreamingTurn, 'turn' | 'startedAt'>,
  { outcome, usage }: TurnSummary,
  now: number,
): void {
  const ms = now - startedAt
  reportActivity(context, turn, { activity: 'finished', duration_ms: ms, ...(usage && { usage }) })
  context.observer.turnEnded({ turn, outcome, ms })
}
