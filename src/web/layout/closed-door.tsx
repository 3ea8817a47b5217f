import type { Channel } from '../../client/client.ts'
import { useConnection } from '../../client/react.ts'
import { isPrivateChat } from '../lib/kinds.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { channelPath } from '../nav/route.ts'
import { t } from '../words/words.ts'
import { closeText } from './close-text.ts'

/** Stands in place of a channel that the reader cannot enter: why, and what they can do. */
export function ClosedDoor({ channel }: { channel: Channel }) {
  const { reason } = useConnection(channel)
  const lobby = channelPath('circle', 'lobby')
  return (
    <div className="closed-door" role="alert">
      <p>{closeText(reason)}</p>
      {isPrivateChat(channel.name) ? null : <p className="soft">{t('closed.ask')}</p>}
      <p className="choices">
        <button type="button" className="primary" onClick={() => channel.reconnect()}>
          {t('page.tryAgain')}
        </button>
        {channel.name === 'circle:lobby' ? null : <NavLink href={lobby}>{t('closed.lobby')}</NavLink>}
      </p>
    </div>
  )
}
