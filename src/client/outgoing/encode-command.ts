import type { SizeLimits } from '../../protocol/size-limits.ts'
import { fits, nestsDeeperThan } from '../../protocol/text.ts'
import { CirclesError } from '../errors.ts'
import type { CommandFrame } from '../frames.ts'

/** The longest text (characters) that commands may have under a key; the schemas of `protocol/commands` say the same. */
export const maxLengths: Readonly<Record<string, number>> = {
  ...{ emoji: 64, turn: 64, approval: 64, note: 1000, name: 64, token: 8192, title: 200, prompt: 4000 },
}

/** The text of a command. Throws a CirclesError if the server would not accept it, whatever its state. */
export function encodeCommand(frame: CommandFrame, limits: SizeLimits): string {
  const text = toJson(frame)
  const { content, meta, state, value } = frame.data as Record<string, unknown>
  checkBytes('A message', content, limits.content_bytes)
  checkBytes('The meta data', meta && toJson(meta), limits.meta_bytes)
  checkBytes('The state', state && toJson(state), limits.state_bytes)
  checkBytes('A value', value && toJson(value), limits.signal_bytes)
  checkFrame(text, limits)
  for (const [key, part] of Object.entries(frame.data)) checkLength(key, part)
  return text
}

/** The text of a message, or of an application's own command, whose data only the server can check. */
export function encodeQueued(frame: { type: string; id: string; data: unknown }, limits: SizeLimits): string {
  if (frame.type === 'message') return encodeCommand(frame as CommandFrame, limits)
  const text = toJson(frame)
  checkFrame(text, limits)
  return text
}

function checkFrame(text: string, limits: SizeLimits): void {
  checkBytes('A frame', text, limits.frame_bytes)
  if (nestsDeeperThan(text, limits.depth))
    throw new CirclesError('too_deep', `A command nests at most ${limits.depth} levels deep.`)
}

/** The text of a value. Throws a CirclesError if JSON cannot express it. */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    throw new CirclesError(
      'invalid',
      `This cannot be written as JSON: ${error instanceof Error ? error.message : error}`,
    )
  }
}

function checkBytes(what: string, text: unknown, max: number): void {
  if (typeof text === 'string' && !fits(text, max))
    throw new CirclesError('too_large', `${what} has at most ${max} bytes.`)
}

function checkLength(key: string, part: unknown): void {
  const max = Object.hasOwn(maxLengths, key) ? maxLengths[key] : undefined
  if (max !== undefined && typeof part === 'string' && part.length > max)
    throw new CirclesError('invalid', `${key} has at most ${max} characters.`)
}
