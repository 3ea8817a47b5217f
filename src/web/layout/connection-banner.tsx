import { type ReactNode, useContext, useEffect, useState } from 'react'
import type { Channel, Connection } from '../../client/client.ts'
import { useChannel, useConnection } from '../../client/react.ts'
import { closeCodes } from '../../protocol/close-codes.ts'
import { clockTime } from '../lib/format-time.ts'
import { Loaded } from '../lib/loaded.tsx'
import { SignInAgain } from '../nav/identity.ts'
import { part } from '../words/part.ts'
import { reasonText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'
import { loadOnDemand } from './load-on-demand.ts'

const CloseReason = part(loadOnDemand, 'CloseReason')

/** Shows the state of the connection unless it is live, or that the circle is paused or archived. */
export function ConnectionBanner({ channel }: { channel: Channel }) {
  const signInAgain = useContext(SignInAgain)
  const connection = useConnection(channel)
  const status = useChannel(channel, state => state.circle?.status)
  const isDownForLong = useHasElapsed(connection.downSince, graceMs)
  const banner = connectionText(channel, connection, isDownForLong) ?? statusBanner(status)
  if (banner === null) return null
  return (
    <div className="connection-banner" data-tone={banner.tone} role="status">
      <span>{banner.text}</span>
      {connection.phase === 'signed_out' ? (
        <button type="button" onClick={signInAgain}>
          {t('page.signInAgain')}
        </button>
      ) : null}
      {banner.canRetry ? (
        <button type="button" onClick={() => channel.reconnect()}>
          {t('page.tryAgain')}
        </button>
      ) : null}
    </div>
  )
}

const deleted = `${closeCodes.deleted[0]}` // connecting again would create the circle anew
const graceMs = 1_000 // a shorter interruption is not shown

type Banner = { tone?: 'wait' | 'bad'; text: ReactNode; canRetry: boolean }

function statusBanner(status: string | undefined): Banner | null {
  if (status === 'paused') return { text: t('connection.paused'), canRetry: false }
  return status === 'archived' ? { text: t('connection.archived'), canRetry: false } : null
}

function connectionText(
  channel: Channel,
  { phase, downSince, reason }: Connection,
  isDownForLong: boolean,
): Banner | null {
  if (phase === 'ended') {
    const text = (
      <Loaded fallback={reasonText(reason)}>
        <CloseReason channel={channel} />
      </Loaded>
    )
    return { tone: 'bad', text, canRetry: reason?.code !== deleted }
  }
  if (phase === 'signed_out') {
    const text = t('connection.signedOut', { reason: reasonText(reason) })
    return { tone: 'bad', text, canRetry: true }
  }
  if (downSince === null || !isDownForLong) return null
  const isWaiting = phase === 'waiting'
  // What was never seen may be closed to the reader: the client finds out why it was refused when it tries again.
  if (channel.state.circle === null && channel.state.entries.length === 0 && navigator.onLine)
    return { tone: 'wait', text: t('connection.first'), canRetry: isWaiting }
  const text = t(isWaiting ? 'connection.offline' : 'connection.connecting', { time: clockTime(downSince) })
  return { tone: 'wait', text, canRetry: isWaiting }
}

/** Returns whether `ms` have passed since a time; false if it is null. Renders again when they have. */
function useHasElapsed(since: number | null, ms: number): boolean {
  const [hasElapsed, setHasElapsed] = useState(false)
  useEffect(() => {
    setHasElapsed(false)
    if (since === null) return
    const timer = setTimeout(() => setHasElapsed(true), Math.max(0, since + ms - Date.now()))
    return () => clearTimeout(timer)
  }, [since, ms])
  return hasElapsed
}
