import { useEffect, useState } from 'react'
import type { Channel, Connection } from '../../client/client.ts'
import { useChannel, useConnection } from '../../client/react.ts'
import { clockTime } from '../lib/format-time.ts'

/** How things stand with the server, whenever that is not simply well. */
export function ConnectionBanner({ channel }: { channel: Channel }) {
  const connection = useConnection(channel)
  const status = useChannel(channel, state => state.circle?.status)
  const isSlow = useLater(connection.down, 1_000)
  const words = wordsFor(connection, isSlow)
  if (words !== null) {
    return (
      <div className="standing" data-tone={words.tone} role="status">
        <span>{words.text}</span>
        {words.again ? (
          <button type="button" onClick={() => channel.reconnect()}>
            Try again
          </button>
        ) : null}
      </div>
    )
  }
  if (status === 'paused' || status === 'archived') {
    const text =
      status === 'paused' ? 'This circle is paused: agents rest.' : 'This circle is archived. You can read it.'
    return (
      <div className="standing" role="status">
        {text}
      </div>
    )
  }
  return null
}

type Words = { tone: 'wait' | 'bad'; text: string; again: boolean }

function wordsFor({ phase, down, reason }: Connection, isSlow: boolean): Words | null {
  if (phase === 'ended') return { tone: 'bad', text: endings.get(reason?.code ?? '') ?? ended(reason), again: true }
  if (phase === 'signed_out') {
    return {
      tone: 'bad',
      text: `You are signed out. ${reason?.message ?? ''} Leave, and join with a new token.`,
      again: true,
    }
  }
  if (down === null || !isSlow) return null // a moment without a connection is nobody's concern
  const since = `Offline since ${clockTime(down)}. What you write will be sent.`
  return { tone: 'wait', text: phase === 'waiting' ? since : `${since} Connecting …`, again: phase === 'waiting' }
}

const ended = (reason: Connection['reason']): string => `This circle cannot be reached. ${reason?.message ?? ''}`

const endings = new Map([
  ['1008', 'The server does not want this connection.'],
  ['4403', 'You may not be in this circle.'],
  ['forbidden', 'You may not be in this circle.'],
  ['banned', 'You were banned from this circle.'],
  ['4404', 'There is no such circle.'],
  ['4410', 'This circle was deleted.'],
  ['4426', 'This page is too old for the server. Reload it.'],
])

/** True once `ms` have passed since a moment, and false while there is none. */
function useLater(since: number | null, ms: number): boolean {
  const [passed, setPassed] = useState(false)
  useEffect(() => {
    setPassed(false)
    if (since === null) return
    const timer = setTimeout(() => setPassed(true), Math.max(0, since + ms - Date.now()))
    return () => clearTimeout(timer)
  }, [since, ms])
  return passed
}
