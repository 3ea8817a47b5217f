import { mentionRanges, type Range } from '../../protocol/mentions.ts'

/** A piece of a text, beginning at index `at`; a mention is a piece of its own. */
export type TextPiece = { at: number; text: string; isMention: boolean }

/** Returns the mentions of a text: those that are one by their form, and whole names of several words (`names`). */
export function mentionsWithin(text: string, names: readonly string[] = []): Range[] {
  const ranges = mentionRanges(text)
  const long = names.filter(name => /\s/.test(name))
  if (ranges.length === 0 || long.length === 0) return ranges
  return ranges.map(range => ({
    from: range.from,
    to: Math.max(range.to, ...long.map(name => endOf(text, range, name))),
  }))
}

/** Where a name ends that begins behind the `@` of a mention; 0 if another one stands there. */
function endOf(text: string, { from }: Range, name: string): number {
  const to = from + 1 + name.length
  const isHere = text.slice(from + 1, to).toLowerCase() === name.toLowerCase()
  return isHere && !/^[\p{L}\p{N}\p{M}_]/u.test(text.slice(to)) ? to : 0
}

/** Splits a text into its mentions and what is between them; joined, the pieces are the text. */
export function splitMentions(text: string, mentions: readonly Range[] = mentionRanges(text)): TextPiece[] {
  const pieces: TextPiece[] = []
  let at = 0
  for (const { from, to } of mentions) {
    if (from > at) pieces.push({ at, text: text.slice(at, from), isMention: false })
    pieces.push({ at: from, text: text.slice(from, to), isMention: true })
    at = to
  }
  if (at < text.length) pieces.push({ at, text: text.slice(at), isMention: false })
  return pieces
}
