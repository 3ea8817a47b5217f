import { useEffect } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'

/** Marks everything as read while the end of the conversation (`isAtEnd`) is shown in a focused window. */
export function useMarkRead(channel: Channel, isAtEnd: { readonly current: boolean }): void {
  const position = useChannel(channel, state => state.position)
  const read = useChannel(channel, state => state.lastRead)
  useEffect(() => {
    const mark = (): void => {
      const isActive = document.hasFocus() && document.visibilityState === 'visible'
      if (read !== null && read < position && isAtEnd.current && isActive) channel.markRead()
    }
    mark()
    addEventListener('focus', mark)
    return () => removeEventListener('focus', mark)
  }, [channel, isAtEnd, position, read])
}
