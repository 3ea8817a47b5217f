import { mentionsIn } from '../../agents/mentions.ts'
import type { StoredMessage } from '../log/messages.ts'
import { maxReadCharacters, messagesIn } from './bounded-reading.ts'
import { memoryOf, type TurnContext } from './turn-context.ts'

const maxMessages = 40
const maxCharacters = 24_000
const lookBack = 400 // messages searched, newest first, if they are not too long
const maxThread = 10 // replies to replies

/**
 * The history that an agent is sent with a prompt, oldest first (docs/agents.md): the circle's conversation, and the
 * prompts and replies of this memory (`session_id` on the wire). Prompts and replies of other memories are left out,
 * unless the prompt replies to them.
 */
export function contextWindow(context: TurnContext, prompt: StoredMessage, session: string): StoredMessage[] {
  const { messages, settings, agents } = context
  const thread = threadOf(context, prompt)
  const foreignPrompts = new Set<number>() // seqs of prompts that were answered for another memory
  const seen: StoredMessage[] = []
  let room = maxCharacters
  let left = { messages: lookBack, characters: maxReadCharacters }
  for (const message of messagesIn(messages, { before: prompt.seq })) {
    if (seen.length === maxMessages || room <= 0 || left.messages === 0 || left.characters < 0) break
    left = { messages: left.messages - 1, characters: left.characters - message.data.content.length }
    const isOwn = memoryOf(settings, message) === session
    const isReply = message.type === 'agent_message'
    if (isReply && !isOwn && message.data.in_reply_to !== undefined) foreignPrompts.add(message.data.in_reply_to)
    const isPrompt = isReply || foreignPrompts.has(message.seq) || promptsAgent(message, agents.ids)
    if (!isOwn && isPrompt && !thread.has(message.seq)) continue
    room -= message.data.content.length
    if (room >= 0) seen.push(message)
  }
  return seen.reverse()
}

function promptsAgent(message: StoredMessage, known: ReadonlySet<string>): boolean {
  if (message.type === 'message' && message.data.to !== undefined) return true
  return mentionsIn(message.data.content, known).length > 0
}

/** The seqs of the messages that the prompt replies to, with the prompts of those that are agents' replies. */
function threadOf({ messages }: TurnContext, prompt: StoredMessage): Set<number> {
  const thread = new Set<number>()
  let message: StoredMessage | null = prompt
  while (message !== null && thread.size < maxThread) {
    const parent: number | undefined = message.type === 'message' ? message.data.reply_to : message.data.in_reply_to
    if (parent === undefined || thread.has(parent)) break
    thread.add(parent)
    message = messages.at(parent)
  }
  return thread
}
