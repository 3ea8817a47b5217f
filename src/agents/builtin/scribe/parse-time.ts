import * as chrono from 'chrono-node/en'

const dayMs = 86_400_000

/** A time that was found in a text (ms since the Unix epoch), and the text without it. */
export type ParsedTime = { at: number; rest: string }

/** Finds the first time in a text, read as the future, in UTC unless it names a zone: `in 20 minutes`, `at 17:30 CET`. */
export function parseFutureTime(text: string, now: number): ParsedTime | null {
  const [found] = chrono.parse(text, { instant: new Date(now), timezone: 0 }, { forwardDate: true })
  if (found === undefined) return null
  const { start } = found
  let at = found.date().getTime()
  if (at <= now && start.isCertain('hour') && !start.isCertain('day') && !start.isCertain('weekday')) at += dayMs
  return { at, rest: `${text.slice(0, found.index)} ${text.slice(found.index + found.text.length)}` }
}

/** Finds the first time in a text, read as a start in the past: `monday`, `2 hours ago`, `yesterday` (from midnight). */
export function parsePastTime(text: string, now: number): number | null {
  const [found] = chrono.parse(text, { instant: new Date(now), timezone: 0 })
  if (found === undefined) return null
  const { start } = found
  let at = found.date().getTime()
  if (!start.isCertain('hour') && /day|week|month|\d/i.test(found.text)) at -= at % dayMs
  if (at > now) at -= start.isCertain('weekday') || /day/i.test(found.text) ? 7 * dayMs : dayMs
  return at
}
