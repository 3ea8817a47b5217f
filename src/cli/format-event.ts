import type { EventFrame } from '../client/client.ts'
import type { EventRegistry } from '../protocol/events/event-registry.ts'
import { unknownSummary } from '../protocol/events/unknown-summary.ts'
import { exactJson } from '../protocol/exact-json.ts'
import { type Line, paint, type Span } from './terminal.ts'

/** An event as one line of text; more if its message has more. */
export function formatEvent(event: EventFrame, events: EventRegistry): Line {
  const text = coloredText(event) ?? [paint('dim', summaryOf(event, events))]
  return [paint('dim', timeOf(event)), ' ', paint('dim', `#${event.seq}`), ' ', ...importedMark(event), ...text]
}

/** Says who imported an event: it was not sent here. */
function importedMark({ origin }: EventFrame): Span[] {
  return origin === undefined ? [] : [paint('yellow', `imported by ${origin.imported_by}:`), ' ']
}

function timeOf({ timestamp }: EventFrame): string {
  return new Date(timestamp).toTimeString().slice(0, 8)
}

function summaryOf(event: EventFrame, events: EventRegistry): string {
  return events.get(event.type)?.summary(event) ?? unknownSummary(event)
}

/** The text of events that stand out in a terminal, or null: the others are shown by their summary. */
function coloredText(event: EventFrame): Span[] | null {
  const person = (name: string) => paint('cyan', name)
  const agent = (name: string) => paint('magenta', `@${name}`)
  switch (event.type) {
    case 'message':
      return [person(event.data.user_name), ' ', event.data.content]
    case 'agent_message':
      return [agent(event.data.agent_id), ' ', event.data.content]
    case 'message_edited':
      return [person(event.data.user_id), ' ', paint('dim', `edited #${event.data.target}:`), ' ', event.data.content]
    case 'turn_failed':
      return [agent(event.data.agent_id), ' ', paint('red', event.data.message)]
    case 'approval_requested':
      return [agent(event.data.agent_id), ' ', paint('yellow', 'asks for approval:'), ' ', approvalText(event.data)]
    case 'file_created':
      return [paint('green', '+'), ' ', event.data.path]
    case 'file_changed':
      return [paint('yellow', '~'), ' ', event.data.path]
    case 'file_deleted':
      return [paint('red', '-'), ' ', event.data.path]
    case 'git_status':
      return gitSummary(event.data)
    default:
      return null
  }
}

function approvalText({ description, data }: Extract<EventFrame, { type: 'approval_requested' }>['data']): string {
  return data === undefined ? description : `${description}\n${exactJson(data)}`
}

function gitSummary(data: Extract<EventFrame, { type: 'git_status' }>['data']): Span[] {
  const counts = (['staged', 'changed', 'untracked', 'conflicted'] as const)
    .filter(list => data[list].length > 0)
    .map(list => `${data[list].length} ${list}`)
  const words = [
    data.head?.slice(0, 7) ?? 'no commit',
    data.ahead > 0 ? `↑${data.ahead}` : '',
    data.behind > 0 ? `↓${data.behind}` : '',
    counts.join(', ') || 'clean',
  ]
  return [paint('blue', data.branch ?? 'no branch'), ' ', words.filter(word => word !== '').join(' ')]
}
