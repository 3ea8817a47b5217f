import type { ServerFrame } from '../../protocol/frames.ts'
import type { Session } from '../sessions/session.ts'

/** Does a broadcast reach this session? */
export function canReceive(session: Session, frame: ServerFrame): boolean {
  if (session.principal === null) return false // has not said who it is
  if ('seq' in frame) return session.cursor === null // else it comes with the replay
  if (frame.type === 'retry') return session.dialect === 'events'
  if (session.dialect !== 'native') return false // only native clients hear of the moment
  return frame.type !== 'typing' || frame.data.user_id !== session.user.id
}
