import type { Env } from '../../env.ts'
import { createLogger, logFaultRecord } from '../../lib/logger.ts'
import type { EventData } from '../../protocol/events.ts'
import type { ChannelObjectBase } from '../object/channel-object-base.ts'

/** Tells an agent's own channel what the agent does. Best effort: no turn waits for it. */
export async function sendActivity(env: Env, agent: string, data: EventData<'agent_activity'>): Promise<void> {
  try {
    const channel = env.AGENT_CHANNELS.getByName(agent) as unknown as Pick<ChannelObjectBase, 'report'>
    await channel.report(data)
  } catch (error) {
    createLogger(env.LOG, console)(logFaultRecord('report', error, { channel: `agent:${agent}` }), Date.now())
  }
}
