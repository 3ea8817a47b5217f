import type { TurnMessage } from '../../../protocol/turns.ts'
import { formatTime } from './format-time.ts'
import { escapeMentions } from './quoting.ts'

const encoder = new TextEncoder()

/** The talk as Markdown, a day after the other; the newest lines that fit, and how many did not. */
export function transcriptOf(lines: readonly TurnMessage[], maxBytes: number): { markdown: string; left: number } {
  const entries: string[] = []
  let bytes = 0
  for (const line of [...lines].reverse()) {
    const entry = entryOf(line)
    bytes += encoder.encode(entry).byteLength + 32 // and what stands between
    if (bytes > maxBytes) break
    entries.unshift(entry)
  }
  const kept = lines.slice(lines.length - entries.length)
  const days = kept.map(({ at }) => at.slice(0, 10))
  const parts = entries.map((entry, index) =>
    days[index] === days[index - 1] ? entry : `### ${days[index]}\n\n${entry}`,
  )
  return { markdown: parts.join('\n\n'), left: lines.length - entries.length }
}

function entryOf({ at, author, content }: TurnMessage): string {
  const time = formatTime(at).slice(-5)
  return `**${escapeMentions(author.name)}** ${time}  \n${escapeMentions(content)}`
}
