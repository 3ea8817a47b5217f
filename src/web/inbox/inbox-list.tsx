import type { InboxItem } from '../../protocol/inbox.ts'
import { clockTime, dayName, exactTime } from '../lib/format-time.ts'
import { useToday } from '../lib/use-today.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { messagePath } from '../nav/route.ts'
import { messageOf } from './inbox-store.ts'
import { itemText } from './item-text.ts'
import { useInbox } from './use-inbox.ts'

const maxShown = 50

/** What waits for the reader in all circles; nothing as long as nothing does. */
export function InboxList() {
  const items = useInbox()
  if (items.length === 0) return null
  return (
    <details className="inbox" open={items.length <= 3}>
      <summary>
        <h2>Inbox</h2>{' '}
        <span className="count" data-mentions>
          {items.length > 99 ? '99+' : items.length}
        </span>
      </summary>
      <ul aria-label="Inbox">
        {items.slice(0, maxShown).map(item => (
          <Item key={`${item.channel} ${item.seq}`} item={item} />
        ))}
      </ul>
    </details>
  )
}

function Item({ item }: { item: InboxItem }) {
  const at = Date.parse(item.at)
  const day = dayName(at, useToday())
  return (
    <li>
      <NavLink href={messagePath(item.channel, messageOf(item))} title={exactTime(at)}>
        <span>
          <bdi className="name">{item.from.name}</bdi> {itemText(item)}
          <span className="soft">
            {nameOf(item.channel)} · {day === 'Today' ? clockTime(at) : day}
          </span>
        </span>
      </NavLink>
    </li>
  )
}

const nameOf = (channel: string): string => channel.replace(/^circle:/, '')
