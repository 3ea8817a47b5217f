/** Formats a time in UTC: `Sat 21 Nov 09:12`. Takes ms since the Unix epoch, or ISO-8601. */
export function formatTime(at: number | string): string {
  const [day = '', date = '', month = '', , time = ''] = new Date(at).toUTCString().replace(',', '').split(' ')
  return `${day} ${date} ${month} ${time.slice(0, 5)}`
}

/** Formats the time from now until then, rounded: `in 8 h 30 min`. */
export function formatDuration(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  if (ms < 90_000) return `in ${Math.max(1, Math.round(ms / 1_000))} s`
  if (minutes < 120) return `in ${minutes} min`
  if (minutes < 2_880) return `in ${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`
  return `in ${Math.round(minutes / 1_440)} days`
}
