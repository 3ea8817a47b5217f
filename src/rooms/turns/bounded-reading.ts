import type { MessageView, StoredMessage } from '../log/messages.ts'

/** The most characters of messages that an agent is sent at once. One message is always sent, however long. */
export const maxReadCharacters = 200_000
const chunkSize = 25 // messages read from the log at a time: they may be long

/** A part of the log: messages after a seq, oldest first, or before one, newest first. */
type Span = { after: number } | { before: number }

/** Messages in the order of a span, at most `limit` and as many as an agent may be sent at once. */
export function readMessages(
  messages: MessageView,
  span: Span,
  limit: number,
): { found: StoredMessage[]; more: boolean } {
  const found: StoredMessage[] = []
  let left = maxReadCharacters
  for (const message of messagesIn(messages, span)) {
    left -= message.data.content.length
    if (found.length === limit || (left < 0 && found.length > 0)) return { found, more: true }
    found.push(message)
  }
  return { found, more: false }
}

/** The first messages of a list, as many as an agent may be sent at once. */
export function withinLimit<Message extends { content: string }>(messages: readonly Message[]): Message[] {
  let left = maxReadCharacters
  return messages.filter(({ content }, index) => {
    left -= content.length
    return left >= 0 || index === 0
  })
}

/** The messages of a span, read as far as they are needed. */
export function* messagesIn(messages: MessageView, span: Span): Generator<StoredMessage> {
  const [read, from] =
    'after' in span
      ? [(seq: number) => messages.after(seq, chunkSize), span.after]
      : [(seq: number) => messages.before(seq, chunkSize), span.before]
  for (let chunk = read(from); chunk.length > 0; chunk = read(chunk.at(-1)?.seq ?? 0)) {
    yield* chunk
    if (chunk.length < chunkSize) return
  }
}
