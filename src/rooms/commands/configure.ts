import { validateRules } from '../../agents/routing-rules.ts'
import type { CommandData } from '../../protocol/commands/commands.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { LoggedEvent } from '../../protocol/events/events.ts'
import type { RoomContext } from '../context.ts'
import { enforceAccess } from '../members/enforce-access.ts'
import { accepted, type Outcome, outcome, refusal, refuse, sequence, stored } from '../outcome.ts'
import type { Session } from '../sessions/session.ts'
import { builtinCommand, type Invocation } from './command.ts'
import { findDuplicate } from './duplicates.ts'

type Data = CommandData<'configure'>

/** Changes the settings, for an owner. Everybody receives the change, and the agents that joined or left with it. */
export function configure(context: RoomContext, session: Session, command: Invocation<Data>, now: number): Outcome {
  const { id, data } = command
  const refused = refuseConfiguration(context, data)
  if (refused !== null) return refuse(id, refused, now)
  const duplicate = findDuplicate(context, session, { id, type: 'circle_status', data: {} }, now)
  if (duplicate !== null) return duplicate
  const changed = context.sql.transaction(() => change(context, session, command, now))
  return sequence(changed, enforceAccess(context, null, now))
}

function change(context: RoomContext, session: Session, { id, data }: Invocation<Data>, now: number): Outcome {
  const { log, settings, components } = context
  const before = settings.agents()
  const old = settings.value
  if (!settings.change(data)) return accepted(id, now)
  for (const component of components.all()) component.onConfigure?.()
  const { status, title, default_agent, writers, visibility } = settings.value
  const user = session.user.id
  const changed = { ...(writers !== old.writers && { writers }), ...(visibility !== old.visibility && { visibility }) }
  const event = log.append(
    { type: 'circle_status', user, id, data: { status, title, default_agent, ...changed, user_id: user } },
    now,
  )
  const { events, response } = stored(event, id, now)
  const agents = agentChanges(context, before, now).map(event => outcome({ events: [event] }))
  return sequence(outcome({ events }), ...agents, outcome({ response }))
}

function agentChanges({ log, settings, agents }: RoomContext, before: Set<string>, now: number): LoggedEvent[] {
  const after = settings.agents()
  const append = (type: 'agent_joined' | 'agent_left') => (agent: string) => {
    const data = { agent_id: agent, agent_name: agents.description(agent).name }
    return log.append({ type, user: '', id: null, data }, now)
  }
  return [
    ...[...after.difference(before)].map(append('agent_joined')),
    ...[...before.difference(after)].map(append('agent_left')),
  ]
}

/** The reason a configuration is refused here, or null. */
export function refuseConfiguration({ agents, kind, regex }: RoomContext, data: Data): Refusal | null {
  const named = [data.default_agent, ...(data.rules ?? []).map(rule => rule.agent)]
  const unknown = named.find(agent => typeof agent === 'string' && !agents.ids.has(agent))
  if (unknown !== undefined) return refusal('agent_unavailable', `There is no agent called ${unknown} here.`)
  const other = kind.links
  if (data.links?.some(link => !link.startsWith(`${other}:`))) {
    return refusal('invalid', other === null ? 'This channel cannot be linked.' : `Only a ${other} can be linked here.`)
  }
  const problem = validateRules(data.rules ?? [], regex)
  return problem === null ? null : refusal('invalid', problem)
}

/** `configure`: changes the settings. */
export const configureCommand = builtinCommand('configure', configure)
