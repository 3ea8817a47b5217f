import { useEffect } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'
import type { ScrollHold } from './scroll-hold.ts'

/** Marks everything as read while the end of the conversation is held in view, in a focused window. */
export function useMarkRead(channel: Channel, hold: Pick<ScrollHold, 'isAtEnd'>): void {
  const position = useChannel(channel, state => state.position)
  const read = useChannel(channel, state => state.lastRead)
  useEffect(() => {
    const mark = (): void => {
      const isActive = document.hasFocus() && document.visibilityState === 'visible'
      if (read !== null && read < position && hold.isAtEnd && isActive) channel.markRead()
    }
    mark()
    addEventListener('focus', mark)
    return () => removeEventListener('focus', mark)
  }, [channel, hold, position, read])
}
