import * as chrono from 'chrono-node/en'

const dayMs = 86_400_000
const longestText = 400 // characters that are read: the time it takes grows with the square of their number
const clock = String.raw`\d{1,3}[:h]\d{2}\b|\d{1,4}\s*(?:am|pm)\b`

// Beside a time that was found: what looks like a part of it, and is left over because there is no such time.
const leftBefore = new RegExp(String.raw`(?:\b(?:at|on|by)\s+\d[\d:./-]{0,20}|\b(?:${clock}))[\s,]{0,20}$`, 'i')
const leftAfter = new RegExp(String.raw`^[\s,]{0,20}(?:(?:at|on|by)\s+\d|${clock}|[+-]\d)`, 'i')
const noTime = /\b(?:2[5-9]|[3-9]\d|\d{3}):\d{2}\b|\b\d{1,3}:[6-9]\d\b/
const noDate = /\b\d{4}[-/.](?:00|1[3-9]|[2-9]\d)[-/.]\d{1,2}\b/ // a month that there is not, read as a day

/** A time that was found in a text (ms since the Unix epoch), and the text without it. */
export type ParsedTime = { at: number; rest: string }

/** Finds the first time in a text, read as the future, in UTC unless it names a zone: `in 20 minutes`, `at 17:30 CET`. */
export function parseFutureTime(text: string, now: number): ParsedTime | null {
  const found = findTime(text.slice(0, longestText), now, { forwardDate: true })
  if (found === null) return null
  const { start } = found
  let at = found.date().getTime()
  if (at <= now && start.isCertain('hour') && !start.isCertain('day') && !start.isCertain('weekday')) at += dayMs
  return { at, rest: `${text.slice(0, found.index)} ${text.slice(found.index + found.text.length)}` }
}

/** Finds the first time in a text, read as a start in the past: `monday`, `2 hours ago`, `yesterday` (from midnight). */
export function parsePastTime(text: string, now: number): number | null {
  const found = findTime(text.slice(0, longestText), now)
  if (found === null) return null
  const { start } = found
  let at = found.date().getTime()
  if (!start.isCertain('hour') && /day|week|month|\d/i.test(found.text)) at -= at % dayMs
  if (at > now) at -= start.isCertain('weekday') || /day/i.test(found.text) ? 7 * dayMs : dayMs
  return at
}

/** The first time in a text; null if there is none, or if a part of it was not understood (`tomorrow at 25:00`). */
function findTime(text: string, now: number, options: chrono.ParsingOption = {}): chrono.ParsedResult | null {
  if (noDate.test(text)) return null
  const [found] = chrono.parse(text, { instant: new Date(now), timezone: 0 }, options)
  if (found === undefined) return null
  const before = text.slice(0, found.index)
  const after = text.slice(found.index + found.text.length)
  const isPart = leftBefore.test(before.slice(-60)) || leftAfter.test(after) || noTime.test(`${before} ${after}`)
  return isPart ? null : found
}
