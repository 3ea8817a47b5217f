import { useContext, useEffect, useState } from 'react'
import type { Channel, Connection } from '../../client/client.ts'
import { useChannel, useConnection } from '../../client/react.ts'
import { clockTime } from '../lib/format-time.ts'
import { sentence } from '../lib/sentence.ts'
import { SignInAgain } from '../nav/identity.ts'

/** Shows the state of the connection unless it is live, or that the circle is paused or archived. */
export function ConnectionBanner({ channel }: { channel: Channel }) {
  const signInAgain = useContext(SignInAgain)
  const connection = useConnection(channel)
  const status = useChannel(channel, state => state.circle?.status)
  const isDownForLong = useHasElapsed(connection.downSince, graceMs)
  const banner = connectionText(connection, isDownForLong) ?? statusTexts.get(status ?? 'active')
  if (banner === undefined) return null
  return (
    <div className="connection-banner" data-tone={banner.tone} role="status">
      <span>{banner.text}</span>
      {connection.phase === 'signed_out' ? (
        <button type="button" onClick={signInAgain}>
          Sign in again
        </button>
      ) : null}
      {banner.canRetry ? (
        <button type="button" onClick={() => channel.reconnect()}>
          Try again
        </button>
      ) : null}
    </div>
  )
}

const graceMs = 1_000 // a shorter interruption is not shown

type Banner = { tone?: 'wait' | 'bad'; text: string; canRetry: boolean }

const statusTexts = new Map<string, Banner>([
  ['paused', { text: 'This circle is paused: agents reply once it is active again.', canRetry: false }],
  ['archived', { text: 'This circle is archived and read-only.', canRetry: false }],
])

function connectionText({ phase, downSince, reason }: Connection, isDownForLong: boolean): Banner | null {
  if (phase === 'ended') {
    return { tone: 'bad', text: closeText(reason), canRetry: true }
  }
  if (phase === 'signed_out') {
    const text = `You are signed out. ${sentence(reason?.message ?? '')} What you have written is kept.`
    return { tone: 'bad', text, canRetry: true }
  }
  if (downSince === null || !isDownForLong) return null
  const text = `Offline since ${clockTime(downSince)}. Your messages will be sent when you are online again.`
  return { tone: 'wait', text: phase === 'waiting' ? text : `${text} Connecting …`, canRetry: phase === 'waiting' }
}

/** Returns why a channel cannot be reached, as a sentence. A ban and a removal have the same code; their text tells. */
export function closeText(reason: Connection['reason']): string {
  const [code, message] = [reason?.code ?? '', reason?.message ?? '']
  if (/banned/i.test(message)) return 'You were banned from this circle.'
  return closeTexts.get(code) ?? `This circle cannot be reached. ${sentence(message)}`
}

/** Texts by close code or error code. */
const closeTexts = new Map([
  ['1008', 'The server refused this connection.'],
  ['4403', 'You do not have access to this circle.'],
  ['forbidden', 'You do not have access to this circle.'],
  ['banned', 'You were banned from this circle.'],
  ['4404', 'This circle does not exist, or it is private.'],
  ['not_found', 'This circle does not exist, or it is private.'],
  ['4410', 'This circle was deleted.'],
  ['4426', 'This page is out of date. Reload it.'],
])

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
