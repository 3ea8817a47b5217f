// Times in the reader's own time zone and language. Arguments are ms since the Unix epoch.

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })
const thisYear = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const anyYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' })

/** Hours and minutes. */
export const clockTime = (at: number): string => clock.format(at)

/** The full date and the time to the second. */
export const exactTime = (at: number): string => exact.format(at)

/** A key that is the same for all times of one day. */
export function dayKey(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}

/** `Today`, `Yesterday`, or the date. */
export function dayName(at: number, now: number): string {
  if (dayKey(at) === dayKey(now)) return 'Today'
  if (dayKey(at) === dayKey(now - 86_400_000)) return 'Yesterday'
  return (new Date(at).getFullYear() === new Date(now).getFullYear() ? thisYear : anyYear).format(at)
}
