// Times in the reader's own zone and language.

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })
const thisYear = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })
const anyYear = new Intl.DateTimeFormat(undefined, { dateStyle: 'full' })

export const clockTime = (at: number): string => clock.format(at)
export const exactTime = (at: number): string => exact.format(at)

/** A key that two moments of one day share. */
export function dayOf(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`
}

/** `Today`, `Yesterday`, or the day by its name. */
export function dayName(at: number, now: number): string {
  if (dayOf(at) === dayOf(now)) return 'Today'
  if (dayOf(at) === dayOf(now - 86_400_000)) return 'Yesterday'
  return (new Date(at).getFullYear() === new Date(now).getFullYear() ? thisYear : anyYear).format(at)
}
