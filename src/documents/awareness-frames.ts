import type { BinaryFrame, EphemeralDelivery } from '../rooms/outcome.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import type { AwarenessEntry, AwarenessNews } from './awareness.ts'
import { awarenessMessage } from './messages.ts'

/** The states of clients as a frame that slow readers may miss. */
export function awarenessFrame(entries: readonly AwarenessEntry[]): BinaryFrame {
  return { type: 'binary', bytes: awarenessMessage(entries), isEphemeral: true }
}

const entriesTogether = 16 // each of so many sessions is sent a frame of its own with all of them

/**
 * What changed, to everybody: y-websocket lives from the echo of its own. Of each client the last is told. The others are told
 * another clock of it than its own session. Of a session that is hidden the others hear only that it is gone.
 */
export function newsFrames(
  all: readonly AwarenessNews[],
  isHidden: (owner: AwarenessNews['owner']) => boolean,
): EphemeralDelivery[] {
  const isShown = ({ entry, owner }: AwarenessNews) => entry.state === 'null' || !isHidden(owner)
  const hidden = lastOfEach(all.filter(one => !isShown(one)))
  return [...parts(lastOfEach(all.filter(isShown))).flatMap(framesOf), ...hidden.flatMap(toItself)]
}

function lastOfEach(news: readonly AwarenessNews[]): AwarenessNews[] {
  return [...new Map(news.map(one => [one.entry.client, one])).values()]
}

function parts(news: readonly AwarenessNews[]): (readonly AwarenessNews[])[] {
  const count = Math.ceil(news.length / entriesTogether)
  return Array.from({ length: count }, (_, index) => news.slice(index * entriesTogether, (index + 1) * entriesTogether))
}

function framesOf(news: readonly AwarenessNews[]): EphemeralDelivery[] {
  const owners = [...new Set(news.flatMap(({ owner }) => owner ?? []))]
  return [
    { frame: awarenessFrame(news.map(({ entry }) => entry)), except: owners },
    ...owners.flatMap(owner => toOwner(owner, news)),
  ]
}

function toOwner(to: SessionId, news: readonly AwarenessNews[]): EphemeralDelivery[] {
  const entries = news.flatMap(({ entry, owner, own }) => (owner === to ? (own ?? []) : entry))
  return entries.length === 0 ? [] : [{ frame: awarenessFrame(entries), to }]
}

function toItself({ owner, own }: AwarenessNews): EphemeralDelivery[] {
  return owner === null || own === null ? [] : [{ frame: awarenessFrame([own]), to: owner }]
}
