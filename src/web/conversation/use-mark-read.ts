import { useEffect } from 'react'
import type { Channel } from '../../client/client.ts'
import { useChannel } from '../../client/react.ts'

/** What is shown at the end of the conversation, to somebody who looks, has been read. */
export function useMarkRead(channel: Channel, follows: { readonly current: boolean }): void {
  const position = useChannel(channel, state => state.position)
  const read = useChannel(channel, state => state.lastRead)
  useEffect(() => {
    const mark = (): void => {
      const looks = document.hasFocus() && document.visibilityState === 'visible'
      if (read !== null && read < position && follows.current && looks) channel.markRead()
    }
    mark()
    addEventListener('focus', mark)
    return () => removeEventListener('focus', mark)
  }, [channel, follows, position, read])
}
