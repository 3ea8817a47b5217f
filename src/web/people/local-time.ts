import { getLocale } from '../words/format.ts'

const clock = { hour: 'numeric', minute: '2-digit' } as const

/** The time where somebody is, with the day if it is another one there; null: they do not tell a time zone that is known. */
export function localTime(timeZone: unknown, now: number): string | null {
  if (typeof timeZone !== 'string' || !/^[A-Z][\w+/-]{1,63}$/i.test(timeZone)) return null
  try {
    const isSameDay = dayIn(timeZone, now) === dayIn(undefined, now)
    return format({ ...clock, ...(!isSameDay && { weekday: 'short' }), timeZone }, now)
  } catch (error) {
    if (error instanceof RangeError) return null // there is no such time zone
    throw error
  }
}

const dayIn = (timeZone: string | undefined, now: number): string => format({ dateStyle: 'short', timeZone }, now)

const format = (options: Intl.DateTimeFormatOptions, now: number): string =>
  new Intl.DateTimeFormat(getLocale(), options).format(now)
