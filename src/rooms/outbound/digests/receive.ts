import type { RoomContext } from '../../context.ts'
import { broadcast, type Effect } from '../../effects.ts'
import type { Digest } from './format.ts'

/** Up to which seq of the workspace a circle is told now; `null`: it does not listen. */
export type DigestReceipt = number | null | 'failed'

/**
 * A circle hears what changed in a workspace: a line of the workspace's own, which wakes nobody. It has to be linked
 * from both ends, so that no workspace speaks where it was not asked to, and none is listened to that does not want it.
 */
export function receiveDigest(
  context: RoomContext,
  digest: Digest,
  now: number,
): { result: DigestReceipt; effects: Effect[] } {
  const { channel, settings, log } = context
  const { workspace, epoch, from, to, line } = digest
  const user = `workspace:${workspace}`
  const listens = channel.kind === 'circle' && settings.value.links.includes(user) && settings.value.status === 'active'
  if (!listens) return { result: null, effects: [] }
  const id = `${epoch}:${from}`
  const stored = log.find(user, id)
  if (stored?.type === 'message') return { result: Number(stored.data.meta?.to ?? to), effects: [] }
  const meta = { workspace, from, to }
  const data = { content: line, user_id: user, user_name: workspace, client_id: null, meta, hop: 0 }
  return { result: to, effects: [broadcast(log.append({ type: 'message', user, id, data }, now))] }
}
