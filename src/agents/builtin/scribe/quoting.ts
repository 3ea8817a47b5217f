import type { TurnMessage } from '../../../protocol/turns.ts'
import { formatTime } from './format-time.ts'

const longestQuote = 280 // characters

/** Makes a text safe to quote: an invisible character behind each `@` keeps `@owl` from prompting that agent. */
export function escapeMentions(text: string): string {
  return text.replaceAll('@', '@\u2060')
}

/** Formats a message as an entry of a Markdown list on one line: number, time, author and text, cut if it is long. */
export function quoteMessage({ seq, at, author, content }: TurnMessage): string {
  const text = content.replace(/\s+/g, ' ').trim()
  const cut = text.length > longestQuote ? `${text.slice(0, longestQuote).toWellFormed()}…` : text
  return `- \`#${seq}\` ${formatTime(at)} · **${escapeMentions(author.name)}**: ${escapeMentions(cut)}`
}
