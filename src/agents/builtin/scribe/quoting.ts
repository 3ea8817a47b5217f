import type { TurnMessage } from '../../../protocol/turns.ts'
import { formatTime } from './format-time.ts'

const longest = 280 // characters of one quoted line

/** A text as it can be quoted: `@owl` in it must not wake the owl, so a character nobody sees parts the two. */
export function escapeMentions(text: string): string {
  return text.replaceAll('@', '@\u2060')
}

/** One line of a list: when, who, what, on one line and not too long. */
export function quoteLine({ seq, at, author, content }: TurnMessage): string {
  const text = content.replace(/\s+/g, ' ').trim()
  const cut = text.length > longest ? `${text.slice(0, longest).toWellFormed()}…` : text
  return `- \`#${seq}\` ${formatTime(at)} · **${escapeMentions(author.name)}**: ${escapeMentions(cut)}`
}
