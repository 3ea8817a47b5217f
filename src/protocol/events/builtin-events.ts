import { agentText, fileChange, gitChange } from '../commands/publish-schema.ts'
import { defineEvents, type EventContent } from './event-registry.ts'
import { summaries } from './event-summaries.ts'
import { type EventData, type EventType, eventData } from './events.ts'

const asItIs = ({ type, data }: EventContent): object => ({ type, data })
const byUser = ({ user_id }: { user_id: string }) => user_id
const byAgent = ({ agent_id }: { agent_id: string }) => `agent:${agent_id}`
const target = ({ target }: { target: number }) => [target]
const failed = JSON.stringify({ error: 'Processing failed' }) // D4's literal

/** The schema and the summary of an event. */
function basics<Type extends EventType>(type: Type) {
  return { schema: eventData[type] as (typeof eventData)[Type], summary: summaries[type] }
}

/** Our own events. Plain sockets know messages, agents, files and git; text sockets the end of a turn (D1, D4). */
export const builtinEvents = defineEvents<{ [Type in EventType]: EventData<Type> }>({
  message: {
    ...basics('message'),
    plain: ({ origin, data }) => ({ type: origin?.type ?? 'message', content: data.content, data }),
    search: ({ content }) => content,
    refersTo: ({ reply_to }) => [reply_to],
    author: byUser,
  },
  agent_message: {
    ...basics('agent_message'),
    plain: asItIs,
    text: ({ data }) => data.content,
    search: ({ content }) => content,
    refersTo: ({ in_reply_to }) => [in_reply_to],
    author: byAgent,
    publish: { as: 'agent.message', schema: agentText },
  },
  message_edited: { ...basics('message_edited'), refersTo: target, author: byUser },
  message_deleted: { ...basics('message_deleted'), refersTo: target, author: byUser },
  reaction: { ...basics('reaction'), refersTo: target, author: byUser },
  agent_joined: { ...basics('agent_joined'), plain: asItIs },
  agent_left: { ...basics('agent_left'), plain: asItIs },
  circle_status: { ...basics('circle_status'), plain: asItIs },
  member_changed: basics('member_changed'),
  turn_failed: {
    ...basics('turn_failed'),
    plain: ({ data: { message, agent_id } }) => ({
      type: 'error',
      data: { code: 'agent_unavailable', message, agent_id },
    }),
    text: () => failed,
    refersTo: ({ in_reply_to }) => [in_reply_to],
    author: byAgent,
  },
  approval_requested: basics('approval_requested'),
  approval_decided: basics('approval_decided'),
  file_created: {
    ...basics('file_created'),
    plain: asItIs,
    publish: { as: 'workspace.file_created', schema: fileChange },
  },
  file_changed: {
    ...basics('file_changed'),
    plain: asItIs,
    publish: { as: 'workspace.file_changed', schema: fileChange },
  },
  file_deleted: {
    ...basics('file_deleted'),
    plain: asItIs,
    publish: { as: 'workspace.file_deleted', schema: fileChange },
  },
  git_status: {
    ...basics('git_status'),
    plain: asItIs,
    publish: { as: 'workspace.git_status', schema: gitChange },
  },
  agent_activity: { ...basics('agent_activity'), plain: asItIs },
  webhook_failed: basics('webhook_failed'),
  document_edited: basics('document_edited'),
})
