import type { BinaryFrame, EphemeralDelivery } from '../rooms/outcome.ts'
import type { AwarenessEntry, AwarenessNews } from './awareness.ts'
import { awarenessMessage } from './messages.ts'

/** The states of clients as a frame that slow readers may miss. */
export function awarenessFrame(entries: readonly AwarenessEntry[]): BinaryFrame {
  return { type: 'binary', bytes: awarenessMessage(entries), isEphemeral: true }
}

/** What changed, to everybody: y-websocket lives from the echo of its own. Of each client the last is told. */
export function newsFrames(all: readonly AwarenessNews[]): EphemeralDelivery[] {
  const news = [...new Map(all.map(one => [one.entry.client, one])).values()]
  const shared = news.filter(isForAll).map(({ entry }) => entry)
  const others = news.filter(one => !isForAll(one))
  return [...(shared.length === 0 ? [] : [{ frame: awarenessFrame(shared) }]), ...others.flatMap(perSession)]
}

function isForAll({ entry, owner, own }: AwarenessNews): boolean {
  return owner === null || entry.clock === own?.clock
}

/** The others are told another clock than the client's own session. */
function perSession({ entry, owner, own }: AwarenessNews): EphemeralDelivery[] {
  if (owner === null) return []
  const toOthers = { frame: awarenessFrame([entry]), except: owner }
  return own === null ? [toOthers] : [toOthers, { frame: awarenessFrame([own]), to: owner }]
}
