import type { CircleDescription } from '../../protocol/channels/circles.ts'
import { atLeast } from '../../protocol/roles.ts'
import type { AdminRequestOf } from '../../rpc/channel.ts'
import { configure, refuseConfiguration } from '../commands/configure.ts'
import type { RoomContext } from '../context.ts'
import { manageMembers } from '../members/manage-members.ts'
import { close, outcome, refusal, sequence } from '../outcome.ts'
import { mayFound } from '../sessions/access.ts'
import type { Session } from '../sessions/session.ts'
import { type AdminOutcome, ok, refused } from './admin.ts'

/** Describes a circle, for everybody who may read in it. */
export function describeCircle(context: RoomContext): AdminOutcome<'describe'> {
  return ok(descriptionOf(context))
}

/** Creates this circle, owned by the sender, or gives it to them if nobody founded it before they began it. */
export function createCircle(
  context: RoomContext,
  session: Session,
  { configuration, region }: AdminRequestOf<'create'>,
  now: number,
): AdminOutcome<'create'> {
  if (!atLeast(session.user.role, 'member'))
    return refused(refusal('forbidden', 'You can read here, but not create a circle.'))
  if (!mayFound(context, session.user.id)) return refused(refusal('conflict', 'there is a circle of this name'))
  if (context.kind.isShared(context.name) && session.principal.role !== 'owner')
    return refused(refusal('forbidden', 'This circle is for everybody: only an owner by their token may create it.'))
  const wrong = refuseConfiguration(context, configuration)
  if (wrong !== null) return refused(wrong)
  const founded = manageMembers(context, session, { do: 'found' }, now)
  if ('refused' in founded.result) return refused(founded.result.refused)
  session.user = { ...session.user, role: 'owner' }
  const configured = configure(context, session, { type: 'configure', id: 'create', data: configuration }, now)
  context.settings.claim(session.user.id, region)
  for (const component of context.components.all()) component.onConfigure?.()
  return ok(descriptionOf(context), sequence(founded.outcome, configured))
}

/** Deletes this channel: every session is closed for good, and nothing is kept. */
export function deleteCircle(context: RoomContext): AdminOutcome<'delete'> {
  const { kind, sessions } = context
  const reason = `this ${kind.kind} was deleted`
  const closes = [...sessions.values()].map(other => close(other, 'deleted', reason))
  return ok(null, outcome({ effects: [...closes, { do: 'delete' }] }))
}

function descriptionOf({ channelName, name, settings, log, presence }: RoomContext): CircleDescription {
  const { title, status, visibility, default_agent, writers, rules, bots, retention } = settings.value
  return {
    name,
    title,
    status,
    visibility,
    default_agent,
    channel: channelName,
    ...(writers !== 'members' && { writers }),
    ...(settings.region !== null && { region: settings.region }),
    rules,
    ...(bots.length > 0 && { bots }),
    retention,
    epoch: settings.epoch,
    head: log.head,
    earliest: log.earliest,
    online: presence.count,
  }
}
