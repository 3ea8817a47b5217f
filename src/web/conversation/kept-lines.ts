import type { Channel, Phase, Snapshot } from '../../client/client.ts'
import { snapshotOf } from '../../client/snapshot.ts'
import { keptLines } from '../lib/storage.ts'

// The newest lines of the channels that the reader has open, for a start without a network. A page that comes neither over
// TLS nor from this machine has no cache: then nothing is kept.

const pauseMs = 2_000 // between two times that the lines of a channel are kept
const mostChannels = 30 // of one person, those that changed last

/**
 * Keeps the newest lines of a channel for this person as they change, and shows them while there was no connection yet.
 * Forgets them when the person is refused, and what was kept for anybody else. Returns a function that stops this.
 */
export function watchLines(channel: Channel, person: string): () => void {
  let kept = 0 // position
  let timer: ReturnType<typeof setTimeout> | undefined
  const address = addressOf(person, channel.name)
  const keep = (): void => {
    clearTimeout(timer)
    timer = undefined
    const { position, connection } = channel.state
    const snapshot = isLive(connection.phase) && position !== kept ? snapshotOf(channel) : null
    if (snapshot === null) return // nor once the reader has left, and all that was kept was forgotten
    kept = position
    inCache(cache => replace(cache, address, snapshot))
  }
  const onChange = (): void => {
    const { connection, epoch, position } = channel.state
    if (connection.phase === 'ended' || connection.phase === 'signed_out') inCache(cache => cache.delete(address))
    else if (epoch !== null && position !== kept) timer ??= setTimeout(keep, pauseMs)
  }
  inCache(async cache => {
    await forgetOthers(cache, person)
    const found = channel.state.epoch === null ? await cache.match(address) : undefined
    const snapshot = (await found?.json()) as Snapshot | undefined
    if (snapshot === undefined || channel.state.epoch !== null) return
    kept = snapshot.welcome.head
    channel.restore(snapshot)
  })
  const unsubscribe = channel.subscribe(onChange)
  addEventListener('pagehide', keep)
  onChange()
  return () => {
    removeEventListener('pagehide', keep)
    unsubscribe()
    keep()
  }
}

const isLive = (phase: Phase): boolean => phase === 'live' || phase === 'probing'

const addressOf = (person: string, channel = ''): string =>
  `/kept/${encodeURIComponent(person)}/${encodeURIComponent(channel)}`

/** Keeps a snapshot in place of the one before; the cache lists what changed last at its end. */
async function replace(cache: Cache, address: string, snapshot: Snapshot): Promise<void> {
  await cache.put(address, Response.json(snapshot))
  for (const old of (await cache.keys()).slice(0, -mostChannels)) await cache.delete(old)
}

async function forgetOthers(cache: Cache, person: string): Promise<void> {
  for (const request of await cache.keys()) {
    if (!new URL(request.url).pathname.startsWith(addressOf(person))) await cache.delete(request)
  }
}

/** Works with the cache, if there is one: without it the page is as it is for anybody. */
function inCache(work: (cache: Cache) => Promise<unknown>): void {
  globalThis.caches
    ?.open(keptLines)
    .then(work)
    .catch(() => {})
}
