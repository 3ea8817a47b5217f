import { join } from 'node:path'
import { secret } from '../load/token.ts'
import { bundleCircles, bundleWorker } from '../servers/bundle.ts'
import { serveDev } from '../servers/dev.ts'
import { freePort } from '../servers/launch.ts'
import { serveWorkers } from '../servers/workerd.ts'
import type { Subject } from './subject.ts'

const objects = {
  CIRCLES: 'CircleObject',
  WORKSPACES: 'WorkspaceObject',
  AGENT_CHANNELS: 'AgentChannelObject',
  DOCUMENTS: 'DocumentObject',
  PASSES: 'PassesObject',
  REGISTER: 'RegisterObject',
  CONNECTED_AGENTS: 'ConnectedAgentObject',
}

// Every limit is enforced and counted, but set so high that no run reaches it.
const unreached = 1_000_000
const limits = {
  messages_per_second: unreached,
  message_burst: unreached,
  bytes_per_second: 1_000 * unreached,
  user_messages_per_second: unreached,
  user_message_burst: unreached,
  channel_messages_per_second: unreached,
  channel_message_burst: unreached,
  sessions_per_user: 32_768,
  sessions_per_channel: 100_000,
  turns_per_person_hour: unreached,
  turns_per_circle_day: unreached,
  tokens_per_circle_day: unreached,
  channels_per_person_day: unreached,
  turns_per_person_day: unreached,
  tokens_per_person_day: 1_000 * unreached,
  bytes_per_person_minute: 1_000_000 * unreached,
  bytes_per_person_day: 1_000_000 * unreached,
  tokens_per_deployment_day: 1_000_000 * unreached,
}
const settings = { AUTH: 'token', AUTH_SECRET: secret, LIMITS: JSON.stringify(limits) }

const features = 'tokens, event log, deduplication, presence, limits, agents'
const relays = join(import.meta.dirname, 'durable/circles-relays.ts')
const custom = join(import.meta.dirname, 'durable/circles-custom.ts')
const streamAgent = join(import.meta.dirname, 'durable/stream-agent.ts')

/** Prepares Circles on workerd itself, without `wrangler dev` in front. */
export async function serveCircles(
  settings: Record<string, string>,
  folder: string,
  scratch: string,
  main?: string, // the entry point, if it is not the deployed one
) {
  const services = {
    AGENT_PICKLE: { worker: '', entrypoint: 'Pickle' },
    AGENT_SCRIBE: { worker: '', entrypoint: 'Scribe' },
    AGENT_STREAM: { worker: 'streamer', entrypoint: 'Stream' },
  }
  const script = await bundleCircles(scratch, main)
  const agent = await bundleWorker(streamAgent, {}, scratch)
  return serveWorkers(
    { circles: { script, objects, settings, services }, streamer: { script: agent, objects: {} } },
    folder,
  )
}

const prepare = (folder: string, scratch: string) => serveCircles(settings, folder, scratch)
const common = { persists: true, prepare }

/** Circles from another entry point: another commit's, for instance. */
export const circlesOf = (name: string, main: string): Subject => ({
  ...common,
  name,
  description: `Circles of ${name}`,
  protocol: 'circles',
  prepare: (folder, scratch) => serveCircles(settings, folder, scratch, main),
})

/** Circles as it is deployed, with every feature on. */
export const circles: readonly Subject[] = [
  { ...common, name: 'circles', description: `Circles, native frames: ${features}`, protocol: 'circles' },
  { ...common, name: 'circles-plain', description: `Circles, plain frames: ${features}`, protocol: 'circles-plain' },
  {
    ...common,
    name: 'circles-custom',
    description: 'Circles, native frames: the same, with `beforeMessage`, `afterEvent`, `onConnect` and an own event',
    protocol: 'circles',
    prepare: (folder, scratch) => serveCircles(settings, folder, scratch, custom),
  },
  {
    ...common,
    name: 'circles-relays',
    description: 'a circle, or a relay, by itself: the generator plays the other',
    protocol: 'circles',
    onlyRelays: true,
    async prepare(folder, scratch) {
      const calledPort = await freePort()
      const worker = {
        script: await bundleCircles(scratch, relays),
        objects: { ...objects, CIRCLE_RELAYS: 'RelayObject' },
        settings: { ...settings, RELAYS: '{"from":0,"size":10000}' },
        outside: { PLAYED_CIRCLE: calledPort },
      }
      return { ...(await serveWorkers({ circles: worker }, folder)), calledPort }
    },
  },
  {
    ...common,
    name: 'circles/dev',
    description: 'Circles, native frames, behind `wrangler dev`',
    protocol: 'circles',
    async prepare(folder, scratch) {
      return serveDev({ script: await bundleCircles(scratch), config: 'wrangler.toml' }, settings, folder)
    },
  },
]
