import type { LoggedEvent } from './events.ts'

/** The JSON of events' data where it is known: written to storage just now, or read from there. */
const texts = new WeakMap<LoggedEvent, string>()

/** Notes that `text` is the JSON of this event's data. */
export function cacheJson<Event extends LoggedEvent>(event: Event, text: string): Event {
  texts.set(event, text)
  return event
}

/** The JSON of an event's data. */
export function jsonOf(event: LoggedEvent): string {
  return texts.get(event) ?? JSON.stringify(event.data)
}
