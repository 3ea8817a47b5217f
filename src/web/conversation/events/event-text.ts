import type { Entry } from '../../../client/client.ts'

/** Returns an event as a sentence. */
export function eventText(event: Entry['event']): string {
  switch (event.type) {
    case 'agent_joined':
      return `${event.data.agent_name} now answers here`
    case 'agent_left':
      return `${event.data.agent_name} now answers only when mentioned`
    case 'circle_status':
      return circleText(event.data)
    case 'member_changed':
      return memberText(event.data)
    case 'file_created':
      return `${event.data.path} was created`
    case 'file_changed':
      return `${event.data.path} was changed`
    case 'file_deleted':
      return `${event.data.path} was deleted`
    case 'git_status':
      return gitText(event.data)
    case 'agent_activity':
      return activityText(event.data)
    case 'message':
    case 'agent_message':
      return event.data.content
    case 'turn_failed':
      return event.data.message
    case 'approval_requested':
      return event.data.description
    case 'webhook_failed':
      return `The webhook to ${event.data.host} was turned off: ${event.data.reason}`
    default:
      return event satisfies never
  }
}

type Data<Type extends Entry['event']['type']> = Extract<Entry['event'], { type: Type }>['data']

function circleText({ status, title }: Data<'circle_status'>): string {
  if (status === 'paused') return 'The circle was paused: only moderators can write'
  return status === 'archived' ? 'The circle was archived' : `The circle is active: “${title}”`
}

function memberText({ user_id, role, muted, banned }: Data<'member_changed'>): string {
  const name = user_id.replace(/^guest:/, '')
  if (banned) return `${name} was banned`
  if (muted) return `${name} was muted`
  return role === null
    ? `${name} has the default role again`
    : `${name} is now ${role === 'owner' ? 'an' : 'a'} ${role}`
}

function gitText({ branch, ahead, behind, staged, changed, untracked, conflicted }: Data<'git_status'>): string {
  const parts = [
    [ahead, 'ahead'],
    [behind, 'behind'],
    [staged.length, 'staged'],
    [changed.length, 'changed'],
    [untracked.length, 'untracked'],
    [conflicted.length, 'in conflict'],
  ] as const
  const counts = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`)
  return `${branch ?? 'No branch'}: ${counts.length === 0 ? 'clean' : counts.join(', ')}`
}

function activityText({ activity, channel, detail, duration_ms, usage }: Data<'agent_activity'>): string {
  const duration = duration_ms === undefined ? '' : ` in ${(duration_ms / 1000).toFixed(1)} s`
  const tokens = usage === undefined ? '' : `, ${usage.input_tokens + usage.output_tokens} tokens`
  const suffix = detail === undefined ? '' : `: ${detail}`
  const verb = { started: 'started', status: 'is running', finished: 'finished', failed: 'failed' }[activity]
  return `A turn in ${channel} ${verb}${duration}${tokens}${suffix}`
}
