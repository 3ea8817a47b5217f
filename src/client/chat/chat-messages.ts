import type { UIMessage } from 'ai'
import type { ChannelState } from '../state/state.ts'

/** The conversation with an agent that is in the log, as `useChat` takes it: `messages: chatMessages(channel.state, 'owl')`. */
export function chatMessages({ entries }: ChannelState, agent: string): UIMessage[] {
  return entries.flatMap(({ event, content, deleted, seq }): UIMessage[] => {
    const parts: UIMessage['parts'] = [{ type: 'text', text: content }]
    if (deleted) return []
    if (event.type === 'message' && event.data.to === agent) return [{ id: `message-${seq}`, role: 'user', parts }]
    if (event.type !== 'agent_message' || event.data.agent_id !== agent) return []
    return [{ id: `reply-${event.data.in_reply_to ?? seq}`, role: 'assistant', parts }]
  })
}

/** The parts of a message without the text of attempts that failed, which the agent has begun anew. */
export function currentParts({ parts }: Pick<UIMessage, 'parts'>): UIMessage['parts'] {
  const reset = parts.findLastIndex(({ type }) => type === 'data-reset')
  return parts.filter(({ type }, index) => type !== 'data-reset' && (type !== 'text' || index > reset))
}
