import type { ReactNode } from 'react'
import type { InboxItem } from '../../protocol/inbox.ts'
import { clockTime, dayKey, dayName, exactTime } from '../lib/format-time.ts'
import { isPrivateChat } from '../lib/kinds.ts'
import { useToday } from '../lib/use-today.ts'
import { useHost } from '../ui/host.ts'
import { number } from '../words/format.ts'
import { rich, t } from '../words/words.ts'
import { messageOf } from './inbox-store.ts'
import { itemKey } from './item-text.ts'
import { useInbox } from './use-inbox.ts'

const maxShown = 50

/** What waits for the reader in all circles; nothing as long as nothing does. */
export function Inbox(): ReactNode {
  const items = useInbox()
  if (items.length === 0) return null
  return (
    <details className="inbox" open={items.length <= 3}>
      <summary>
        <h2>{t('inbox.title')}</h2>{' '}
        <span className="count" data-mentions>
          {items.length > 99 ? `${number(99)}+` : number(items.length)}
        </span>
      </summary>
      <ul aria-label={t('inbox.title')}>
        {items.slice(0, maxShown).map(item => (
          <Item key={`${item.channel} ${item.seq}`} item={item} />
        ))}
      </ul>
    </details>
  )
}

function Item({ item }: { item: InboxItem }) {
  const at = Date.parse(item.at)
  const today = useToday()
  const { paths, Link } = useHost()
  const href = paths.message?.(item.channel, messageOf(item)) ?? null
  const text = (
    <span>
      {rich(itemKey(item), { name: <bdi className="name">{item.from.name}</bdi> })}{' '}
      <span className="soft">
        {nameOf(item.channel)} {dayKey(at) === dayKey(today) ? clockTime(at) : dayName(at, today)}
      </span>
    </span>
  )
  if (href === null) return <li title={exactTime(at)}>{text}</li>
  return (
    <li>
      <Link href={href} title={exactTime(at)}>
        {text}
      </Link>
    </li>
  )
}

const nameOf = (channel: string): string => (isPrivateChat(channel) ? '' : `${channel.replace(/^circle:/, '')} ·`)
