import type { Refusal } from '../../protocol/errors.ts'
import { atLeast } from '../../protocol/roles.ts'
import { cleanText, fits, hasVisibleText } from '../../protocol/text.ts'
import type { RoomContext } from '../context.ts'
import { refusal } from '../effects.ts'
import type { Session } from '../sessions/session.ts'

/** Why this session may not write here now, or null: it may. */
export function refuseWriting({ channel, settings }: RoomContext, { user }: Session): Refusal | null {
  if (channel.speakers === null) return refusal('read_only', 'people listen here, they do not speak')
  if (!atLeast(user.role, channel.speakers)) return refusal('read_only', 'you may read here, not write')
  if (settings.value.status === 'archived') return refusal('read_only', 'this channel is archived')
  const paused = settings.value.status === 'paused' && !atLeast(user.role, 'moderator')
  return paused ? refusal('paused', 'this channel is paused') : null
}

/** The text of a line as it will be stored, or why it cannot be. */
export function cleanContent(text: string, maxBytes: number): { content: string } | { refused: Refusal } {
  if (!fits(text, maxBytes)) return { refused: refusal('too_large', `a line is at most ${maxBytes} bytes`) }
  const content = cleanText(text)
  if (content === null) return { refused: refusal('invalid', 'content is not well-formed Unicode') }
  return hasVisibleText(content) ? { content } : { refused: refusal('empty', 'a line must say something') }
}
