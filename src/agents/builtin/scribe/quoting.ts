import type { TurnMessage } from '../../../protocol/turns.ts'
import { escapeMentions } from '../escape-mentions.ts'
import { formatTime } from './format-time.ts'

const longestQuote = 280 // characters

/** Formats a message as an entry of a Markdown list on one line: number, time, author and text, cut if it is long. */
export function quoteMessage({ seq, at, author, content }: TurnMessage): string {
  const text = content.replace(/\s+/g, ' ').trim()
  const cut = text.length > longestQuote ? `${text.slice(0, longestQuote).toWellFormed()}…` : text
  return `- \`#${seq}\` ${formatTime(at)} · **${escapeMentions(author.name)}**: ${escapeMentions(cut)}`
}
