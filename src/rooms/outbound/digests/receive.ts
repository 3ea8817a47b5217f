import type { Digest, DigestReceipt } from '../../../rpc/channel.ts'
import type { RoomContext } from '../../context.ts'
import { beforeStore } from '../../hooks.ts'
import { nothing, type Outcome, outcome } from '../../outcome.ts'

/**
 * Stores a workspace's digest as a message of the workspace, which prompts no agent. Both channels must link each
 * other, so that no workspace can write to a circle that does not want it.
 */
export function receiveDigest(
  context: RoomContext,
  digest: Digest,
  now: number,
): { result: DigestReceipt; outcome: Outcome } {
  const { kind, settings, log } = context
  const { workspace, epoch, from, to, line } = digest
  const user = `workspace:${workspace}`
  const { links, status } = settings.value
  const isLinked = kind.digests === 'receives' && links.includes(user) && status !== 'archived'
  if (!isLinked) return { result: null, outcome: nothing }
  const id = `${epoch}:${from}`
  const stored = log.find(user, id)
  if (stored?.type === 'message') return { result: Number(stored.data.meta?.to ?? to), outcome: nothing }
  const text = beforeStore(context, { type: 'message', content: line, session: null })
  if ('refused' in text) return { result: to, outcome: nothing } // it is not wanted here, now or later
  const meta = { workspace, from, to }
  const data = { content: text.content, user_id: user, user_name: workspace, client_id: null, meta, hop: 0 }
  return { result: to, outcome: outcome({ events: [log.append({ type: 'message', user, id, data }, now)] }) }
}
