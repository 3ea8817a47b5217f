import { readPolicy } from '../../auth/policy.ts'
import type { Env } from '../../env.ts'
import { createLogger, faultRecord } from '../../lib/logger.ts'
import type { EventData } from '../../protocol/events/events.ts'
import { channelStub } from '../../stubs.ts'

type Activity = EventData<'agent_activity'>

/** Sends an activity report to the agent's own channel. Best effort: no turn waits for it. */
export async function sendActivity(env: Env, agent: string, data: Activity, alias: string): Promise<void> {
  if ((env as Partial<Env>).AGENT_CHANNELS === undefined) return // this Worker has no channels of agents
  try {
    const isOpen = readPolicy(env).kind === 'open'
    await channelStub(env, { kind: 'agent', name: agent }).report(isOpen ? data : withoutNames(data, alias))
  } catch (error) {
    createLogger(env.LOG, console)(faultRecord('report', error, { channel: `agent:${agent}` }), Date.now())
  }
}

/** A report for readers whose tokens may not let them know of the circle: without its name and those of tools. */
export function withoutNames({ detail, ...report }: Activity, alias: string): Activity {
  const isTool = report.activity === 'status'
  return { ...report, channel: alias, ...(detail !== undefined && !isTool && { detail }) }
}
