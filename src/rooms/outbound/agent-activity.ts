import type { Env } from '../../env.ts'
import { createLogger, faultRecord } from '../../lib/logger.ts'
import type { EventData } from '../../protocol/events/events.ts'
import { channelStub } from '../../stubs.ts'

/** Sends an activity report to the agent's own channel. Best effort: no turn waits for it. */
export async function sendActivity(env: Env, agent: string, data: EventData<'agent_activity'>): Promise<void> {
  try {
    await channelStub(env, { kind: 'agent', name: agent }).report(data)
  } catch (error) {
    createLogger(env.LOG, console)(faultRecord('report', error, { channel: `agent:${agent}` }), Date.now())
  }
}
