import type { EventDefinition } from './event-registry.ts'
import type { EventData, EventType } from './events.ts'

// What each of our own events says in one line. The page has words of its own, in the language of its reader.

type Summary<Data extends object = object> = EventDefinition<Data>['summary']

/** One line for people, for each of our own events. */
export const summaries: { readonly [Type in EventType]: Summary<EventData<Type>> } = {
  message: ({ data }) => `${data.user_name}: ${oneLine(data.content)}`,
  agent_message: ({ data }) => `${data.agent_name}: ${oneLine(data.content)}`,
  message_edited: ({ data }) => `${nameOf(data.user_id)} edited #${data.target}: ${oneLine(data.content)}`,
  message_deleted: ({ data }) => `${nameOf(data.user_id)} deleted #${data.target}`,
  reaction: ({ data: { user_id, emoji, target, removed } }) =>
    removed
      ? `${nameOf(user_id)} removed ${emoji} from #${target}`
      : `${nameOf(user_id)} reacted with ${emoji} to #${target}`,
  agent_joined: ({ data }) => `${data.agent_name} now answers here`,
  agent_left: ({ data }) => `${data.agent_name} now answers only when mentioned`,
  circle_status: ({ data }) => circleText(data),
  member_changed: ({ data }) => memberText(data),
  turn_failed: ({ data }) => `@${data.agent_id} did not answer. ${data.message}`,
  approval_requested: ({ data }) => `@${data.agent_id} asks for approval: ${oneLine(data.description)}`,
  approval_decided: ({ data: { user_id, user_name, decision } }) =>
    user_id === null ? 'An approval expired' : `${user_name ?? nameOf(user_id)} ${decision} what an agent asked for`,
  file_created: ({ data }) => `${data.path} was created`,
  file_changed: ({ data }) => `${data.path} was changed`,
  file_deleted: ({ data }) => `${data.path} was deleted`,
  git_status: ({ data }) => gitText(data),
  agent_activity: ({ data }) => activityText(data),
  webhook_failed: ({ data }) => `The webhook to ${data.host} was turned off: ${data.reason}`,
  document_edited: ({ data }) =>
    data.documents.map(({ name, by }) => `${by.map(one => one.name).join(', ')} edited ${name}`).join('; '),
}

function nameOf(userId: string): string {
  return userId.replace(/^guest:/, '')
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function circleText({ status, title, visibility }: EventData<'circle_status'>): string {
  if (visibility === 'private') return 'The circle is private now: only its members can join'
  if (visibility === 'public') return 'The circle is public now: everybody can join'
  if (status === 'paused') return 'The circle was paused: agents reply once it is active again'
  return status === 'archived' ? 'The circle was archived' : `The circle is active: “${title}”`
}

function memberText({ user_id, role, muted, banned, by }: EventData<'member_changed'>): string {
  const name = nameOf(user_id)
  if (role === 'owner' && by === user_id) return `${name} owns this circle` // they created it, or took it over
  if (banned) return `${name} was banned`
  if (muted) return `${name} was muted`
  return role === null
    ? `${name} has the default role again`
    : `${name} is now ${role === 'owner' ? 'an' : 'a'} ${role}`
}

function gitText({ branch, ahead, behind, staged, changed, untracked, conflicted }: EventData<'git_status'>): string {
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

function activityText({ activity, channel, detail, duration_ms, usage }: EventData<'agent_activity'>): string {
  const duration = duration_ms === undefined ? '' : ` in ${(duration_ms / 1000).toFixed(1)} s`
  const tokens = usage === undefined ? '' : `, ${usage.input_tokens + usage.output_tokens} tokens`
  const suffix = detail === undefined ? '' : `: ${detail}`
  const verb = { started: 'started', status: 'is running', finished: 'finished', failed: 'failed' }[activity]
  return `A turn in ${channel} ${verb}${duration}${tokens}${suffix}`
}
