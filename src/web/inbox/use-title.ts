import { useCallback, useEffect, useSyncExternalStore } from 'react'
import { useCircles } from '../../client/react.ts'
import { useRecentCircles } from '../nav/recent-circles.ts'
import { t } from '../words/words.ts'
import { useInbox } from './use-inbox.ts'

/** Shows the name of the page, and how much waits for the reader, in the title and in the icon of the tab. */
export function useTitle(name: string): void {
  const items = useInbox().length
  const mentions = useMentions()
  const count = Math.max(items, mentions) // guests have no inbox; others may have circles that are not open here
  useEffect(() => {
    document.title = count === 0 ? t('page.title', { name }) : t('page.titleUnread', { name, count })
    document.querySelector<HTMLLinkElement>('link[rel="icon"]')?.setAttribute('href', iconOf(count))
  }, [name, count])
}

const iconOf = (count: number): string => (count === 0 ? '/icon.svg' : '/icon-unread.svg')

/** Returns how many unread messages of the reader's recent circles mention them. */
function useMentions(): number {
  const client = useCircles()
  const names = useRecentCircles()
  const subscribe = useCallback(
    (listener: () => void) => {
      const ends = names.map(name => client.circle(name).subscribe(listener))
      return () => {
        for (const end of ends) end()
      }
    },
    [client, names],
  )
  const read = (): number => names.reduce((sum, name) => sum + client.circle(name).state.unread.mentions, 0)
  return useSyncExternalStore(subscribe, read, read)
}
