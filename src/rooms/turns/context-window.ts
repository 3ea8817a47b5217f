import { mentionsIn } from '../../agents/mentions.ts'
import type { MessageView, StoredMessage } from '../log/messages.ts'
import { memoryOf, type TurnContext } from './turn-context.ts'

const mostLines = 40
const mostCharacters = 24_000
const lookBack = 400 // lines looked through, newest first
const chunk = 50
const longestThread = 10 // replies to replies

/**
 * What a session remembers (docs/agents.md): the talk of the circle and the session's own questions and answers. What
 * other people asked an agent, and what it answered them, is their session's, unless the asking line replies to it.
 */
export function contextWindow(context: TurnContext, asked: StoredMessage, session: string): StoredMessage[] {
  const { messages, settings, agents } = context
  const thread = threadOf(context, asked)
  const foreign = new Set<number>() // questions that were answered in another session
  const seen: StoredMessage[] = []
  let room = mostCharacters
  for (const line of newestFirst(messages, asked.seq)) {
    if (seen.length === mostLines || room <= 0) break
    const isOwn = memoryOf(settings, line) === session
    const isAnswer = line.type === 'agent_message'
    if (isAnswer && !isOwn && line.data.in_reply_to !== undefined) foreign.add(line.data.in_reply_to)
    const isQuestion = isAnswer || foreign.has(line.seq) || asksSomebody(line, agents.ids)
    if (!isOwn && isQuestion && !thread.has(line.seq)) continue
    room -= line.data.content.length
    if (room >= 0) seen.push(line)
  }
  return seen.reverse()
}

/** Read as far as it is needed: lines may be long. */
function* newestFirst(lines: MessageView, before: number): Generator<StoredMessage> {
  for (let left = lookBack; left > 0; left -= chunk) {
    const some = lines.before(before, chunk)
    yield* some
    const oldest = some.at(-1)
    if (oldest === undefined) return
    before = oldest.seq
  }
}

function asksSomebody(line: StoredMessage, known: ReadonlySet<string>): boolean {
  if (line.type === 'message' && line.data.to !== undefined) return true
  return mentionsIn(line.data.content, known).length > 0
}

/** The lines the asking one replies to, with the questions of those that are answers. */
function threadOf({ messages }: TurnContext, asked: StoredMessage): Set<number> {
  const thread = new Set<number>()
  let line: StoredMessage | null = asked
  while (line !== null && thread.size < longestThread) {
    const parent: number | undefined = line.type === 'message' ? line.data.reply_to : line.data.in_reply_to
    if (parent === undefined || thread.has(parent)) break
    thread.add(parent)
    line = messages.at(parent)
  }
  return thread
}
