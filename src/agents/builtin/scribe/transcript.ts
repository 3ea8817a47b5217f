import type { TurnMessage } from '../../../protocol/turns.ts'
import { escapeMentions } from '../escape-mentions.ts'
import { formatTime } from './format-time.ts'

const encoder = new TextEncoder()
const separatorBytes = 32 // at most, between two entries: blank lines and a date

/** A transcript as Markdown, and the number of older messages that did not fit. */
export type Transcript = { markdown: string; omitted: number }

/** Formats the newest messages that fit as Markdown, with a heading for each day. */
export function transcriptOf(messages: readonly TurnMessage[], maxBytes: number): Transcript {
  const entries: string[] = []
  let bytes = 0
  for (const message of [...messages].reverse()) {
    const entry = entryOf(message)
    bytes += encoder.encode(entry).byteLength + separatorBytes
    if (bytes > maxBytes) break
    entries.unshift(entry)
  }
  const omitted = messages.length - entries.length
  const days = messages.slice(omitted).map(({ at }) => at.slice(0, 10))
  const parts = entries.map((entry, index) =>
    days[index] === days[index - 1] ? entry : `### ${days[index]}\n\n${entry}`,
  )
  return { markdown: parts.join('\n\n'), omitted }
}

function entryOf({ at, author, content }: TurnMessage): string {
  const time = formatTime(at).slice(-5)
  return `**${escapeMentions(author.name)}** ${time}  \n${escapeMentions(content)}`
}
