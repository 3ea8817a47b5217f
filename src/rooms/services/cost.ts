import { atLeast } from '../../protocol/roles.ts'
import { refusal } from '../effects.ts'
import { reading } from '../meter/reading.ts'
import type { Parts } from '../parts.ts'
import type { Session } from '../session.ts'
import { type Done, done, notDone } from './service.ts'

/** What this channel has cost so far, for its owner. */
export function costOf(room: Parts, session: Session, now: number): Done<'cost'> {
  if (!atLeast(session.user.role, 'owner')) return notDone(refusal('forbidden', 'only an owner sees what it costs'))
  const { meter, log, channelName, storageBytes } = room
  const ledger = meter.ledger(now, log.head)
  return done(reading({ channel: channelName, ledger, found: meter.found(now), storageBytes: storageBytes() }, now))
}
