import { useEffect } from 'react'
import type { Channel } from '../../client/client.ts'
import { useConnection } from '../../client/react.ts'
import { closeCodes } from '../../protocol/close-codes.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { removeRecentCircle } from '../nav/recent-circles.ts'
import { channelPath } from '../nav/route.ts'
import { t } from '../words/words.ts'
import { closeText } from './close-text.ts'

/** Says why a channel cannot be reached. A deleted circle leaves the reader's list: to go there would make it anew. */
export function CloseReason({ channel }: { channel: Channel }) {
  const { reason } = useConnection(channel)
  const isDeleted = reason?.code === `${closeCodes.deleted[0]}`
  useEffect(() => {
    if (isDeleted && channel.name.startsWith('circle:')) removeRecentCircle(channel.name.slice('circle:'.length))
  }, [isDeleted, channel])
  return (
    <>
      {closeText(reason)}{' '}
      {isDeleted ? <NavLink href={channelPath('circle', 'lobby')}>{t('closed.lobby')}</NavLink> : null}
    </>
  )
}
