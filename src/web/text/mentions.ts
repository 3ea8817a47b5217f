import { mentionRanges, type Range } from '../../protocol/mentions.ts'

/** A piece of a text, beginning at index `at`; a mention is a piece of its own. */
export type TextPiece = { at: number; text: string; isMention: boolean }

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
