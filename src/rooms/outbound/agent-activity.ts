import type { Env } from '../../env.ts'
import { createLogger, logFaultRecord } from '../../lib/logger.ts'
import type { EventData } from '../../protocol/events.ts'
import { channelStub } from '../../stubs.ts'

/** Tells an agent's own channel what the agent does. Best effort: no turn waits for it. */
export async function sendActivity(env: Env, agent: string, data: EventData<'agent_activity'>): Promise<void> {
  try {
    await channelStub(env, { kind: 'agent', name: agent }).report(data)
  } catch (error) {
    createLogger(env.LOG, console)(logFaultRecord('report', error, { channel: `agent:${agent}` }), Date.now())
  }
}
