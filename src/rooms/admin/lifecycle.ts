import type { CircleDescription } from '../../protocol/circles.ts'
import { atLeast } from '../../protocol/roles.ts'
import { configure } from '../commands/configure.ts'
import type { RoomContext } from '../context.ts'
import { close, type Effect, refusal } from '../effects.ts'
import { manageMembers } from '../members/manage-members.ts'
import type { Session } from '../sessions/session.ts'
import { type AdminOutcome, type AdminRequestOf, ok, refusedResult } from './admin.ts'

/** What a circle is, for somebody who may read in it. */
export function describeCircle(context: RoomContext): AdminOutcome<'describe'> {
  return ok(descriptionOf(context))
}

const undo: Effect[] = [{ do: 'forget' }] // as if nobody had asked

/** Somebody makes this circle, and owns it. The shell has seen that there was none. */
export function createCircle(
  context: RoomContext,
  session: Session,
  { configuration }: AdminRequestOf<'create'>,
  now: number,
): AdminOutcome<'create'> {
  if (!atLeast(session.user.role, 'member'))
    return refusedResult(refusal('forbidden', 'you may read here, not begin'), undo)
  const { effects: founded } = manageMembers(context, session, { do: 'found' }, now)
  session.user = { ...session.user, role: 'owner' }
  const effects = configure(context, session, { type: 'configure', id: 'create', data: configuration }, now)
  const refused = refusalIn(effects, session)
  if (refused !== null) return refusedResult(refused, undo)
  context.settings.claim(session.user.id)
  return ok(descriptionOf(context), [...founded, ...effects])
}

/** The owner ends this circle: whoever is there is sent away for good, and nothing of it is kept. */
export function deleteCircle(context: RoomContext, session: Session): AdminOutcome<'delete'> {
  if (!atLeast(session.user.role, 'owner'))
    return refusedResult(refusal('forbidden', 'only an owner may delete a circle'))
  const closes = [...context.sessions.values()].map(other => close(other, 'deleted', 'this circle was deleted'))
  return ok(null, [...closes, { do: 'forget' }])
}

function descriptionOf({ channelName, name, settings, log, presence }: RoomContext): CircleDescription {
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
