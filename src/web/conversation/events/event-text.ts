import type { EventContent } from '../../../protocol/events/event-registry.ts'
import type { EventData, EventType } from '../../../protocol/events/events.ts'
import { unknownSummary } from '../../../protocol/events/unknown-summary.ts'
import { sentence } from '../../lib/sentence.ts'
import { t } from '../../words/words.ts'

/** What events say in one line, by their type. */
export type EventTexts = { readonly [Type in EventType]?: (data: EventData<Type>) => string }

const texts: EventTexts = {
  agent_joined: ({ agent_name: name }) => t('event.agentJoined', { name }),
  agent_left: ({ agent_name: name }) => t('event.agentLeft', { name }),
  circle_status: circleText,
  member_changed: memberText,
  turn_failed: data => t('message.didNotAnswer', { agent: `@${data.agent_id}`, reason: sentence(data.message) }),
  approval_requested: data => t('message.asksForApproval', { agent: `@${data.agent_id}`, text: data.description }),
  approval_decided: ({ user_id, decision }) =>
    user_id === null ? t('event.approvalExpired') : t('event.decided', { name: displayName(user_id), decision }),
}

/** Returns what an event says in one line; its type and its data if the page does not know it. */
export const eventText = textFrom(texts)

/** Returns a function that says what an event does, by these texts. */
export function textFrom(texts: EventTexts): (event: EventContent) => string {
  const byType = new Map(Object.entries(texts)) as ReadonlyMap<string, (data: object) => string>
  return event => byType.get(event.type)?.(event.data) ?? unknownSummary(event)
}

/** Returns the name to show for the id of a user. */
export const displayName = (id: string): string => id.replace(/^guest:/, '')

function circleText({ status, title, visibility }: EventData<'circle_status'>): string {
  if (visibility === 'private') return t('event.private')
  if (visibility === 'public') return t('event.public')
  if (status === 'paused') return t('event.paused')
  return status === 'archived' ? t('event.archived') : t('event.active', { title })
}

function memberText({ user_id, role, muted, banned, by }: EventData<'member_changed'>): string {
  const name = displayName(user_id)
  if (role === 'owner' && by === user_id) return t('event.owns', { name }) // they created it, or took it over
  if (banned) return t('event.banned', { name })
  if (muted) return t('event.muted', { name })
  return role === null ? t('event.defaultRole', { name }) : t('event.role', { name, role })
}
