import type { AnyEvent } from './events.ts'

/** The JSON of an event's data, where it is known because it was just stored or read. */
const texts = new WeakMap<AnyEvent, string>()

/** Notes that `text` is the JSON of this event's data, and returns the event. */
export function cacheJson<Event extends AnyEvent>(event: Event, text: string): Event {
  texts.set(event, text)
  return event
}

/** Returns the JSON of an event's data. */
export function jsonOf(event: AnyEvent): string {
  return texts.get(event) ?? JSON.stringify(event.data)
}
