import type { EventFrame } from '../client/client.ts'
import type { EventRegistry } from '../protocol/events/event-registry.ts'
import { exactJson } from '../protocol/exact-json.ts'
import { stripControlChars, type Terminal } from './terminal.ts'

/** An event as one line of text; more if its message has more. */
export function formatEvent(event: EventFrame, { paint }: Pick<Terminal, 'paint'>, events: EventRegistry): string {
  const time = paint('dim', new Date(event.timestamp).toTimeString().slice(0, 8))
  const text = coloredText(event, paint) ?? paint('dim', stripControlChars(summaryOf(event, events)))
  return `${time} ${paint('dim', `#${event.seq}`)} ${text.replace(/\n/g, '\n    ')}`
}

function summaryOf(event: EventFrame, events: EventRegistry): string {
  return events.get(event.type)?.summary(event) ?? event.type
}

/** The text of events that stand out in a terminal, or null: the others are shown by their summary. */
function coloredText(event: EventFrame, paint: Terminal['paint']): string | null {
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
    case 'turn_failed':
      return `${agent(event.data.agent_id)} ${paint('red', stripControlChars(event.data.message))}`
    case 'approval_requested':
      return `${agent(event.data.agent_id)} ${paint('yellow', 'asks for approval:')} ${approvalText(event.data)}`
    case 'file_created':
      return `${paint('green', '+')} ${stripControlChars(event.data.path)}`
    case 'file_changed':
      return `${paint('yellow', '~')} ${stripControlChars(event.data.path)}`
    case 'file_deleted':
      return `${paint('red', '-')} ${stripControlChars(event.data.path)}`
    case 'git_status':
      return gitSummary(event.data, paint)
    default:
      return null
  }
}

function approvalText({ description, data }: Extract<EventFrame, { type: 'approval_requested' }>['data']): string {
  return stripControlChars(data === undefined ? description : `${description}\n${exactJson(data)}`)
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
