import { createLogger, faultRecord } from '../../lib/logger.ts'
import type { Digest } from '../../rpc/channel.ts'
import { channelStub } from '../../stubs.ts'
import { DigestQueue, digests } from '../outbound/digests/queue.ts'
import { workspaceState } from '../outbound/workspace-info.ts'
import type { ComponentDefinition } from '../tables.ts'
import type { ComponentPorts } from './components.ts'

/** The components of kinds that send digests or have files. Not in the bundle of a Worker that has circles only. */
export function workspaceComponents(ports: ComponentPorts): ComponentDefinition[] {
  const { kind, background } = ports
  return [
    ...(kind.digests === 'sends' ? [digests((...digest) => background.run(sendDigest(ports, ...digest)))] : []),
    ...(kind.hasFiles ? [workspaceState] : []),
  ]
}

/** Sends a digest to a circle's object, and passes the receipt to the workspace. */
async function sendDigest({ env, runIfExists }: ComponentPorts, circle: string, digest: Digest): Promise<void> {
  try {
    const receipt = await channelStub(env, { kind: 'circle', name: circle }).hearDigest(digest)
    if (receipt === 'failed') throw new Error('the circle could not store it')
    runIfExists((room, now) => room.run(({ components }) => components.get(DigestQueue).received(circle, receipt), now))
  } catch (error) {
    const record = faultRecord('digest', error, { channel: `workspace:${digest.workspace}` })
    createLogger(env.LOG, console)(record, Date.now())
    runIfExists((room, now) => room.run(({ components }) => components.get(DigestQueue).failed(circle, now), now))
  }
}
