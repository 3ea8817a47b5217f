import { join } from 'node:path'
import { secret } from '../load/token.ts'
import { bundleCircles, bundleWorker } from '../servers/bundle.ts'
import { serveDev } from '../servers/dev.ts'
import { serveWorkers } from '../servers/workerd.ts'
import type { Contestant } from './subject.ts'

const objects = {
  CIRCLES: 'CircleObject',
  WORKSPACES: 'WorkspaceObject',
  AGENT_CHANNELS: 'AgentChannelObject',
  PASSES: 'PassesObject',
  REGISTER: 'RegisterObject',
}

// Every limit is on and counts; it is only so high that no run ends at it.
const many = 1_000_000
const limits = {
  messages_per_second: many,
  message_burst: many,
  bytes_per_second: 1_000 * many,
  user_messages_per_second: many,
  user_message_burst: many,
  channel_messages_per_second: many,
  channel_message_burst: many,
  sessions_per_user: 32_768,
  sessions_per_channel: 32_768,
  turns_per_person_hour: many,
  turns_per_circle_day: many,
  tokens_per_circle_day: many,
}
const settings = { AUTH: 'token', AUTH_SECRET: secret, LIMITS: JSON.stringify(limits) }

const about = 'tokens, log, dedupe, presence, limits, agents'
const streamAgent = join(import.meta.dirname, 'durable/stream-agent.ts')

/** Circles in the runtime itself, with nothing before it. */
export async function serveCircles(settings: Record<string, string>, folder: string, scratch: string) {
  const services = {
    AGENT_PICKLE: { worker: '', entrypoint: 'Pickle' },
    AGENT_SCRIBE: { worker: '', entrypoint: 'Scribe' },
    AGENT_STREAM: { worker: 'streamer', entrypoint: 'Stream' },
  }
  const script = await bundleCircles(scratch)
  const agent = await bundleWorker(streamAgent, {}, scratch)
  return serveWorkers(
    { circles: { script, objects, settings, services }, streamer: { script: agent, objects: {} } },
    folder,
  )
}

const launch = (folder: string, scratch: string) => serveCircles(settings, folder, scratch)

/** Circles as it is deployed, everything on. */
export const circles: readonly Contestant[] = [
  { name: 'circles', about: `Circles, native frames: ${about}`, dialect: 'circles', keeps: true, launch },
  { name: 'circles-plain', about: `Circles, plain frames: ${about}`, dialect: 'circles-plain', keeps: true, launch },
  {
    name: 'circles/dev',
    about: 'Circles, native frames, behind `wrangler dev`',
    dialect: 'circles',
    keeps: true,
    async launch(folder, scratch) {
      return serveDev({ script: await bundleCircles(scratch), config: 'wrangler.toml' }, settings, folder)
    },
  },
]
