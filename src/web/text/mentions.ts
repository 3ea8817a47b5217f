/** Text in pieces: a mention is a piece of its own. */
export type Piece = { at: number; text: string; isMention: boolean }

const mention = /(^|[^\p{L}\p{N}_@/])(@[\p{L}\p{N}](?:[\p{L}\p{N}_.-]{0,62}[\p{L}\p{N}_])?)/gu

export function splitMentions(text: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const found of text.matchAll(mention)) {
    const [, lead = '', name = ''] = found
    const at = found.index + lead.length
    if (at > from) pieces.push({ at: from, text: text.slice(from, at), isMention: false })
    pieces.push({ at, text: name, isMention: true })
    from = at + name.length
  }
  if (from < text.length) pieces.push({ at: from, text: text.slice(from), isMention: false })
  return pieces
}
