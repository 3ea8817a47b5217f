import type { Surroundings } from '../protocol/dialects/dialect.ts'
import { dialects } from '../protocol/dialects/dialects.ts'
import type { LoggedEvent } from '../protocol/events.ts'
import type { Down } from '../protocol/frames.ts'
import type { DialectName } from './visit.ts'

const frameCharacters = 65_536 // of one array; an event that is longer goes alone

export function isBatch(frame: Down | readonly LoggedEvent[]): frame is readonly LoggedEvent[] {
  return Array.isArray(frame)
}

/** Events that came together, as few texts as a dialect allows: a native client takes arrays of frames (N1). */
export function encodeBatch(dialect: DialectName, events: readonly LoggedEvent[], around: Surroundings): string[] {
  const texts = events.flatMap(event => dialects[dialect].encode(event, around) ?? [])
  return dialect === 'native' ? arraysOf(texts) : texts
}

/** JSON texts in JSON arrays, in their order. One alone stays as it is. */
function arraysOf(texts: readonly string[]): string[] {
  const arrays: string[][] = []
  let characters = 0
  for (const text of texts) {
    characters += text.length
    const last = arrays.at(-1)
    if (last !== undefined && characters <= frameCharacters) last.push(text)
    else {
      arrays.push([text])
      characters = text.length
    }
  }
  return arrays.map(array => (array.length === 1 ? array.join() : `[${array.join()}]`))
}
