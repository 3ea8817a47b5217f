import { useEffect } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'

/**
 * Tells those in a private circle, whom somebody let in, the reader's time zone: `time_zone` in the presence state. Where
 * everybody can join, it is not told; where the reader must not write, the server would refuse it.
 */
export function useTellTimeZone(channel: Channel): void {
  const isTold = useChannel(
    channel,
    ({ circle, self }) => circle?.visibility === 'private' && self !== null && self.role !== 'reader',
  )
  const isPublic = useChannel(channel, ({ circle }) => circle?.visibility === 'public')
  useEffect(() => {
    const { presence, self, members } = channel.state
    const state = presence ?? members.find(({ id }) => id === self?.id)?.state // what other programs of theirs have set
    if (isTold) channel.setPresence({ ...state, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone })
    else if (isPublic && presence !== null) channel.updatePresence({ time_zone: null })
  }, [channel, isTold, isPublic])
}
