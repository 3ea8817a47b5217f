import { number } from '../words/format.ts'
import { t } from '../words/words.ts'

/** How many messages are unread, as a badge. `mentions`: how many of them are for the reader. */
export function UnreadCount({ count, mentions, of = 'mentions' }: Props) {
  if (count === 0) return null
  return (
    <span className="count" data-mentions={mentions > 0 || undefined}>
      {count > 99 ? `${number(99)}+` : number(count)}
      <span className="visually-hidden">
        {mentions > 0
          ? t(of === 'direct' ? 'unread.direct' : 'unread.mentions', { count: mentions })
          : t('unread.count')}
      </span>
    </span>
  )
}

type Props = { count: number; mentions: number; of?: 'mentions' | 'direct' }
