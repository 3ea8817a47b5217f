import type { Env } from '../env.ts'
import { describe } from '../lib/describe.ts'
import type { EventData } from '../protocol/events.ts'
import type { RoomObject } from './room-object.ts'

/** Tells an agent's own channel what the agent does. Best effort: no turn waits for it. */
export async function report(env: Env, agent: string, data: EventData<'agent_activity'>): Promise<void> {
  try {
    const channel = env.AGENT_CHANNELS.getByName(agent) as unknown as Pick<RoomObject, 'report'>
    await channel.report(data)
  } catch (error) {
    console.error(JSON.stringify({ at: 'report', channel: data.channel, agent, error: describe(error) }))
  }
}
