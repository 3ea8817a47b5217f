import type { Entry } from '../../../client/client.ts'

/** What happened, as a person would say it. */
export function eventText(event: Entry['event']): string {
  switch (event.type) {
    case 'agent_joined':
      return `${event.data.agent_name} answers here now`
    case 'agent_left':
      return `${event.data.agent_name} no longer answers by itself`
    case 'circle_status':
      return circleWords(event.data)
    case 'member_changed':
      return memberWords(event.data)
    case 'file_created':
      return `${event.data.path} was made`
    case 'file_changed':
      return `${event.data.path} was changed`
    case 'file_deleted':
      return `${event.data.path} was deleted`
    case 'git_status':
      return gitWords(event.data)
    case 'agent_activity':
      return activityWords(event.data)
    case 'message':
    case 'agent_message':
      return event.data.content
    case 'turn_failed':
      return event.data.message
    case 'approval_requested':
      return event.data.description
    case 'webhook_failed':
      return `The webhook to ${event.data.host} was switched off: ${event.data.reason}`
    default:
      return event satisfies never
  }
}

type Data<Type extends Entry['event']['type']> = Extract<Entry['event'], { type: Type }>['data']

function circleWords({ status, title }: Data<'circle_status'>): string {
  if (status === 'paused') return 'The circle was paused: agents rest'
  return status === 'archived' ? 'The circle was archived' : `The circle is “${title}”`
}

function memberWords({ user_id, role, muted, banned }: Data<'member_changed'>): string {
  const name = user_id.replace(/^guest:/, '')
  if (banned) return `${name} was banned`
  if (muted) return `${name} was muted`
  return role === null ? `${name} has the usual rights again` : `${name} is ${role} now`
}

function gitWords({ branch, ahead, behind, staged, changed, untracked, conflicted }: Data<'git_status'>): string {
  const parts = [
    [ahead, 'ahead'],
    [behind, 'behind'],
    [staged.length, 'staged'],
    [changed.length, 'changed'],
    [untracked.length, 'new'],
    [conflicted.length, 'in conflict'],
  ] as const
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return `${branch ?? 'No branch'}: ${told.length === 0 ? 'clean' : told.join(', ')}`
}

function activityWords({ activity, channel, detail, duration_ms, usage }: Data<'agent_activity'>): string {
  const took = duration_ms === undefined ? '' : ` in ${(duration_ms / 1000).toFixed(1)} s`
  const tokens = usage === undefined ? '' : `, ${usage.input_tokens + usage.output_tokens} tokens`
  const about = detail === undefined ? '' : `: ${detail}`
  const done = { started: 'began', status: 'goes on', finished: 'finished', failed: 'failed' }[activity]
  return `A turn in ${channel} ${done}${took}${tokens}${about}`
}
