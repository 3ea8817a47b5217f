import { exactJson } from '../exact-json.ts'
import type { EventContent } from './event-registry.ts'

/** One line for an event of a type that is not known here, as those of somebody else's circles: its type, and its data cut short. */
export function unknownSummary({ type, data }: EventContent): string {
  const text = exactJson(data).replaceAll(/\n */g, ' ')
  if (text === '{}') return type
  return `${type} ${text.length > longestData ? `${text.slice(0, longestData)}…` : text}`
}

const longestData = 300 // characters
