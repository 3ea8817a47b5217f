import type { Channel } from '../../client/client.ts'
import { useConnection } from '../../client/react.ts'
import { NavLink } from '../nav/nav-link.tsx'
import { channelPath } from '../nav/route.ts'
import { closeText } from './connection-banner.tsx'

/** Stands in place of a channel that the reader cannot enter: why, and what they can do. */
export function ClosedDoor({ channel }: { channel: Channel }) {
  const { reason } = useConnection(channel)
  const lobby = channelPath('circle', 'lobby')
  return (
    <div className="closed-door" role="alert">
      <p>{closeText(reason)}</p>
      <p className="soft">An owner can let you in: ask one for an invitation.</p>
      <p className="choices">
        <button type="button" className="primary" onClick={() => channel.reconnect()}>
          Try again
        </button>
        {channel.name === 'circle:lobby' ? null : <NavLink href={lobby}>Go to the lobby</NavLink>}
      </p>
    </div>
  )
}
