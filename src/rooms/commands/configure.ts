import { validateRules } from '../../agents/routing-rules.ts'
import type { CommandOf } from '../../protocol/commands.ts'
import type { Refusal } from '../../protocol/errors.ts'
import { atLeast } from '../../protocol/roles.ts'
import type { RoomContext } from '../context.ts'
import { broadcast, type Effect, refusal, refuse } from '../effects.ts'
import type { Session } from '../sessions/session.ts'
import { ack, findDuplicate } from './idempotency.ts'

/** The owner changes what the channel is; everybody hears of it, and of agents that came or went with it. */
export function configure(
  context: RoomContext,
  session: Session,
  { id, data }: CommandOf<'configure'>,
  now: number,
): Effect[] {
  const { log, settings, sql, agents, digests } = context
  const mayNot = refusalOf(context, session, data)
  if (mayNot !== null) return [refuse(session, id, mayNot, now)]
  const again = findDuplicate(context, session, { id }, { type: 'circle_status', data: {} }, now)
  if (again !== null) return again
  const before = settings.agents()
  return sql.transaction(() => {
    if (!settings.change(data)) return ack(session, id, null, now)
    const { status, title, default_agent } = settings.value
    digests.relink(circlesIn(settings.value.links))
    const user = session.user.id
    const status_ = { status, title, default_agent, user_id: user }
    const event = log.append({ type: 'circle_status', user, id, data: status_ }, now)
    const after = settings.agents()
    const changes = [
      ...[...after.difference(before)].map(agent => ['agent_joined', agent] as const),
      ...[...before.difference(after)].map(agent => ['agent_left', agent] as const),
    ].map(([type, agent]) => {
      const data = { agent_id: agent, agent_name: agents.about(agent).name }
      return broadcast(log.append({ type, user: '', id: null, data }, now))
    })
    return [broadcast(event), ...changes, ...ack(session, id, event, now)]
  })
}

/** The names of the circles among some links. */
function circlesIn(links: readonly string[]): string[] {
  return links.flatMap(link => (link.startsWith('circle:') ? [link.slice('circle:'.length)] : []))
}

function refusalOf(
  { agents, channel }: RoomContext,
  { user }: Session,
  data: CommandOf<'configure'>['data'],
): Refusal | null {
  if (!atLeast(user.role, 'owner')) return refusal('forbidden', 'only an owner may configure')
  const named = [data.default_agent, ...(data.rules ?? []).map(rule => rule.agent)]
  const unknown = named.find(agent => typeof agent === 'string' && !agents.ids.has(agent))
  if (unknown !== undefined) return refusal('agent_unavailable', `there is no agent called ${unknown} here`)
  const other = channel.kind === 'circle' ? 'workspace' : channel.kind === 'workspace' ? 'circle' : null
  if (data.links?.some(link => !link.startsWith(`${other}:`))) {
    return refusal('invalid', other === null ? 'nothing is linked here' : `only a ${other} can be linked here`)
  }
  const bad = validateRules(data.rules ?? [])
  return bad === null ? null : refusal('invalid', bad)
}
