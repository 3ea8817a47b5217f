import { limits } from '../limits.ts'
import { cleanName, cleanText, fits, hasVisibleText } from '../text.ts'

// An event that is imported could have been stored here: its texts are cleaned and bounded as when they are sent.

/**
 * The last seq that an imported event may have: no log gets an event every microsecond. It grows faster than any log, so
 * a log that was imported can always be exported and imported again, and numbers go on until the year 2255.
 */
export function maxImportedSeq(now: number): number {
  return now * 1_000
}
/** How far behind that of the sender a server's clock may be (ms): an imported event may be this much ahead of it. */
export const clockSkewMs = 60_000

const names = new Set(['user_name', 'agent_name'])
const emojiCharacters = 64

type Cleaned<Value> = { value: Value } | { wrong: string; code: 'invalid' | 'too_large' }

/** The data of an imported event with its texts cleaned, or what is wrong with it. */
export function cleanImported<Data extends object>(data: Data): Cleaned<Data> {
  const cleaned = cleanValue('data', data)
  if ('wrong' in cleaned) return cleaned
  const { content, deleted, turn, meta } = cleaned.value as Record<string, unknown>
  const isBlank = typeof content === 'string' && !hasVisibleText(content)
  // What was deleted has no text any more, and an agent that was stopped may not have begun.
  if (isBlank && deleted !== true && turn === undefined && !('target' in data)) return invalid('its content is empty')
  if (meta !== undefined && !fits(JSON.stringify(meta), limits.meta_bytes)) return tooLarge('meta')
  return cleaned as Cleaned<Data>
}

function cleanValue(key: string, value: unknown): Cleaned<unknown> {
  if (key === 'meta') return { value } // the sender's own data, stored as it came
  if (typeof value === 'string') return cleanString(key, value)
  if (Array.isArray(value))
    return cleanAll(
      value.map((item): [string, unknown] => [key, item]),
      items => items.map(([, item]) => item),
    )
  if (typeof value !== 'object' || value === null) return { value }
  return isPlain(value) ? cleanAll(Object.entries(value), Object.fromEntries) : invalid(`its ${key} is not JSON`)
}

/** Is it an object that JSON keeps as it is? A Date, a Map and the like are not. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null // of this realm or another
}

function cleanAll(
  entries: readonly [string, unknown][],
  join: (entries: [string, unknown][]) => unknown,
): Cleaned<unknown> {
  const all: [string, unknown][] = []
  for (const [key, item] of entries) {
    const cleaned = cleanValue(key, item)
    if ('wrong' in cleaned) return cleaned
    all.push([key, cleaned.value])
  }
  return { value: join(all) }
}

function cleanString(key: string, text: string): Cleaned<string> {
  const cleaned = names.has(key) ? cleanName(text) : cleanText(text)
  if (cleaned === null) return invalid(`its ${key} is not valid text`)
  const isTooLong = key === 'emoji' && cleaned.length > emojiCharacters
  if (isTooLong || !fits(cleaned, limits.content_bytes)) return tooLarge(key)
  return { value: cleaned }
}

function invalid(wrong: string): Cleaned<never> {
  return { wrong, code: 'invalid' }
}

function tooLarge(key: string): Cleaned<never> {
  return { wrong: `its ${key} is too large`, code: 'too_large' }
}
