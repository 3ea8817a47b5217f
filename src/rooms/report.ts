import type { Env } from '../env.ts'
import { fault, openLog } from '../lib/log.ts'
import type { EventData } from '../protocol/events.ts'
import type { RoomObject } from './room-object.ts'

/** Tells an agent's own channel what the agent does. Best effort: no turn waits for it. */
export async function report(env: Env, agent: string, data: EventData<'agent_activity'>): Promise<void> {
  try {
    const channel = env.AGENT_CHANNELS.getByName(agent) as unknown as Pick<RoomObject, 'report'>
    await channel.report(data)
  } catch (error) {
    openLog(env.LOG, console)(fault('report', error, { channel: `agent:${agent}` }), Date.now())
  }
}
