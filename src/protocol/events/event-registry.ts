import type { z } from 'zod/v4'
import type { AnyEvent } from './events.ts'

/** The part of an event that is the same in the log and in its native frame. */
export type EventContent<Data extends object = object> = Pick<AnyEvent<Data>, 'type' | 'data'>

/** One type of logged event: the shape of its `data`, and how it is shown to those who do not get it as it is. */
export type EventDefinition<Data extends object = object> = {
  schema: z.ZodType<Data>
  /** For the documents of the API. */
  description?: string
  /** What plain sockets are sent, besides `timestamp` and `channel` (D1). Absent: nothing. */
  plain?(event: AnyEvent<Data>): object
  /** What `plain` returns besides `type` and `data`, for the documents of the API. */
  plainFields?: Readonly<Record<string, z.ZodType>>
  /** What text sockets are sent (D4). Absent: nothing. */
  text?(event: AnyEvent<Data>): string
  /** The text that full-text search indexes. Absent: the event is not found. */
  search?(data: Data): string
  /** The seqs of earlier events that it refers to: an import refuses one that comes later. */
  refersTo?(data: Data): readonly (number | undefined)[]
  /** The author's id, where the data has it: an import refuses an event whose sender is somebody else. */
  author?(data: Data): string
  /** How programs publish it: its type on the event bus, and the data they send. Absent: only the room logs it. */
  publish?: { as: string; schema: z.ZodType<object> }
  /** One line for people: on the page, in a terminal, in a notification. */
  summary(event: EventContent<Data>): string
}

/** The events a channel can log, by type. A Map, because types come from archives and from the network. */
export type EventRegistry = ReadonlyMap<string, EventDefinition>

/** Makes a registry: an entry for each type of event. */
export function defineEvents<Data extends Record<string, object>>(
  definitions: {
    [Type in keyof Data]: EventDefinition<Data[Type]>
  },
): EventRegistry {
  return new Map<string, EventDefinition>(Object.entries(definitions))
}
