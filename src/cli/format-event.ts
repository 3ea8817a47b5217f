import type { EventFrame } from '../client/client.ts'
import { stripControlChars, type Terminal } from './terminal.ts'

/** An event as one line of text; more if its message has more. */
export function formatEvent(event: EventFrame, { paint }: Pick<Terminal, 'paint'>): string {
  const time = paint('dim', new Date(event.timestamp).toTimeString().slice(0, 8))
  return `${time} ${paint('dim', `#${event.seq}`)} ${textOf(event, paint).replace(/\n/g, '\n    ')}`
}

function textOf(event: EventFrame, paint: Terminal['paint']): string {
  const person = (name: string) => paint('cyan', stripControlChars(name))
  const agent = (name: string) => paint('magenta', `@${stripControlChars(name)}`)
  const note = (text: string) => paint('dim', stripControlChars(text))
  switch (event.type) {
    case 'message':
      return `${person(event.data.user_name)} ${stripControlChars(event.data.content)}`
    case 'agent_message':
      return `${agent(event.data.agent_id)} ${stripControlChars(event.data.content)}`
    case 'message_edited':
      return `${person(event.data.user_id)} ${note(`edited #${event.data.target}:`)} ${stripControlChars(event.data.content)}`
    case 'message_deleted':
      return note(`${event.data.user_id} deleted #${event.data.target}`)
    case 'reaction':
      return note(
        `${event.data.user_id} ${event.data.removed ? 'removed' : 'added'} ${event.data.emoji} on #${event.data.target}`,
      )
    case 'agent_joined':
      return `${agent(event.data.agent_id)} ${note('joined')}`
    case 'agent_left':
      return `${agent(event.data.agent_id)} ${note('left')}`
    case 'circle_status':
      return note(`“${event.data.title}” is ${event.data.status}`)
    case 'member_changed':
      return note(`${event.data.by} changed the rights of ${event.data.user_id}`)
    case 'turn_failed':
      return `${agent(event.data.agent_id)} ${paint('red', stripControlChars(event.data.message))}`
    case 'approval_requested':
      return `${agent(event.data.agent_id)} ${paint('yellow', 'asks for approval:')} ${stripControlChars(event.data.description)}`
    case 'approval_decided':
      return note(`${event.data.user_id ?? 'no one'} decided: ${event.data.decision}`)
    case 'file_created':
      return `${paint('green', '+')} ${stripControlChars(event.data.path)}`
    case 'file_changed':
      return `${paint('yellow', '~')} ${stripControlChars(event.data.path)}`
    case 'file_deleted':
      return `${paint('red', '-')} ${stripControlChars(event.data.path)}`
    case 'git_status':
      return gitSummary(event.data, paint)
    case 'agent_activity':
      return note(`${event.data.activity} in ${event.data.channel} ${event.data.detail ?? ''}`)
    case 'webhook_failed':
      return note(`the webhook to ${event.data.host} was switched off: ${event.data.reason}`)
    default:
      return event satisfies never
  }
}

function gitSummary(data: Extract<EventFrame, { type: 'git_status' }>['data'], paint: Terminal['paint']): string {
  const counts = (['staged', 'changed', 'untracked', 'conflicted'] as const)
    .filter(list => data[list].length > 0)
    .map(list => `${data[list].length} ${list}`)
  const distance = [data.ahead > 0 ? `↑${data.ahead}` : '', data.behind > 0 ? `↓${data.behind}` : '']
  const head = data.head?.slice(0, 7) ?? 'no commit'
  const words = [
    paint('blue', stripControlChars(data.branch ?? 'no branch')),
    head,
    ...distance,
    counts.join(', ') || 'clean',
  ]
  return words.filter(word => word !== '').join(' ')
}
