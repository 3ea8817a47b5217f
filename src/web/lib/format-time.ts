import { getLocale } from '../words/format.ts'
import { t } from '../words/words.ts'

// Times in the reader's own time zone and language. Arguments are ms since the Unix epoch.

/** Returns a function that formats times. Its format is made when it is first used: only then the language is known. */
function formatter(options: Intl.DateTimeFormatOptions): (at: number) => string {
  let format: Intl.DateTimeFormat | undefined
  return at => {
    format ??= new Intl.DateTimeFormat(getLocale(), options)
    return format.format(at)
  }
}

const thisYear = formatter({ weekday: 'long', day: 'numeric', month: 'long' })
const anyYear = formatter({ dateStyle: 'full' })

/** Hours and minutes. */
export const clockTime = formatter({ hour: 'numeric', minute: '2-digit' })

/** The full date and the time to the second. */
export const exactTime = formatter({ dateStyle: 'full', timeStyle: 'medium' })

/** A key that is the same for all times of one day. */
export function dayKey(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}

/** `Today`, `Yesterday`, or the date. */
export function dayName(at: number, now: number): string {
  if (dayKey(at) === dayKey(now)) return t('time.today')
  if (dayKey(at) === dayKey(now - 86_400_000)) return t('time.yesterday')
  return (new Date(at).getFullYear() === new Date(now).getFullYear() ? thisYear : anyYear)(at)
}
