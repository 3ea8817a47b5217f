import { hasVisibleText } from '../../protocol/text.ts'
import type { Reply } from './reply.ts'

/** A reply that remembers the text that is sent through it. `before`: what was said already, which an empty line follows. */
export function recordReply(reply: Reply, before: string): { reply: Reply; text: () => string } {
  let text = ''
  let lead = hasVisibleText(before) ? '\n\n' : '' // between what it said before a tool, and after it
  const delta = async (piece: string) => {
    const next = hasVisibleText(piece) ? `${lead}${piece}` : piece
    if (hasVisibleText(piece)) lead = ''
    text += next
    await reply.delta(next)
  }
  return { reply: { ...reply, delta }, text: () => text }
}
