import { useEffect } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import { personOf, useIdentity } from '../nav/identity.ts'

const laterMs = 3_000 // after the page has begun: keeping its lines must not slow it

/** Keeps the channel's newest lines on this device, and shows them when the page starts without a network. */
export function useKeptLines(channel: Channel): void {
  const person = personOf(useIdentity())
  const isUrgent = useChannel(channel, ({ connection: { phase }, epoch }) =>
    phase === 'waiting' ? epoch === null : phase === 'ended' || phase === 'signed_out',
  )
  useEffect(() => {
    let isOver = false
    let stop = (): void => {}
    const start = async (): Promise<void> => {
      const { watchLines } = await import('./kept-lines.ts')
      if (!isOver) stop = watchLines(channel, person)
    }
    const timer = setTimeout(() => start().catch(() => {}), isUrgent ? 0 : laterMs) // without it, nothing is kept
    return () => {
      isOver = true
      clearTimeout(timer)
      stop()
    }
  }, [channel, person, isUrgent])
}
