import { useEffect } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import type { ScrollHold } from './scroll-hold.ts'

/**
 * Marks everything as read while the end of the conversation is held in view, in a focused window, once the reader has
 * caught up: what they missed stays unread, also in the list of circles, until they saw where it begins or say so.
 */
export function useMarkRead(channel: Channel, hold: Pick<ScrollHold, 'isAtEnd'>, isPending: boolean): void {
  const position = useChannel(channel, state => state.position)
  const read = useChannel(channel, state => state.lastRead)
  useEffect(() => {
    const mark = (): void => {
      const isActive = document.hasFocus() && document.visibilityState === 'visible'
      if (read !== null && read < position && hold.isAtEnd && isActive && !isPending) channel.markRead()
    }
    mark()
    addEventListener('focus', mark)
    return () => removeEventListener('focus', mark)
  }, [channel, hold, position, read, isPending])
}
