import type { CircleDescription } from '../../protocol/circles.ts'
import { atLeast } from '../../protocol/roles.ts'
import { configure } from '../commands/govern.ts'
import { close, type Effect, refusal } from '../effects.ts'
import { manage } from '../membership.ts'
import type { Parts } from '../parts.ts'
import type { Session } from '../session.ts'
import { type Done, done, notDone, type ServiceOf } from './service.ts'

/** What a circle is, for somebody who may read in it. */
export function describe(room: Parts): Done<'describe'> {
  return done(descriptionOf(room))
}

const undo: Effect[] = [{ do: 'forget' }] // as if nobody had asked

/** Somebody makes this circle, and owns it. The shell has seen that there was none. */
export function create(
  room: Parts,
  session: Session,
  { configuration }: ServiceOf<'create'>,
  now: number,
): Done<'create'> {
  if (!atLeast(session.user.role, 'member')) return notDone(refusal('forbidden', 'you may read here, not begin'), undo)
  const { effects: founded } = manage(room, session, { do: 'found' }, now)
  session.user = { ...session.user, role: 'owner' }
  const effects = configure(room, session, { type: 'configure', id: 'create', data: configuration }, now)
  const refused = refusalIn(effects, session)
  if (refused !== null) return notDone(refused, undo)
  room.settings.claim(session.user.id)
  return done(descriptionOf(room), [...founded, ...effects])
}

/** The owner ends this circle: whoever is there is sent away for good, and nothing of it is kept. */
export function remove(room: Parts, session: Session): Done<'delete'> {
  if (!atLeast(session.user.role, 'owner')) return notDone(refusal('forbidden', 'only an owner may delete a circle'))
  const closes = [...room.sessions.values()].map(other => close(other, 'deleted', 'this circle was deleted'))
  return done(null, [...closes, { do: 'forget' }])
}

function descriptionOf({ channelName, name, settings, log, presence }: Parts): CircleDescription {
  const { title, status, visibility, default_agent, rules, retention } = settings.value
  return {
    name,
    title,
    status,
    visibility,
    default_agent,
    channel: channelName,
    rules,
    retention,
    epoch: settings.epoch,
    head: log.head,
    earliest: log.earliest,
    online: presence.count,
  }
}

function refusalIn(effects: Effect[], session: Session) {
  const told = effects.find(effect => effect.do === 'send' && effect.to === session.id)
  return told?.do === 'send' && told.frame.type === 'error' ? told.frame.data : null
}
