import type { CircleEntry } from '../protocol/channels/circles.ts'

/** What a circle reports about itself to the directory. */
export type DirectoryEntry = Omit<CircleEntry, 'created_at'> & { creator: string | null }

/** A circle in the directory. `created`: ms since the Unix epoch. */
export type IndexedCircle = DirectoryEntry & { created: number }

/** The methods of the object that lists all circles. */
export interface DirectoryRpc {
  /** Adds or updates a circle. */
  put(entry: DirectoryEntry): void
  /** Removes a circle that was deleted. */
  remove(name: string): void
  /** Returns the circles after a name, in the order of their names. */
  after(name: string, limit: number): IndexedCircle[]
  /** Takes note that something happens in a channel. It says so again while that goes on, at most once a minute. */
  noteActivity(channel: string): void
  /** Returns those of the channels in which something has happened lately; it may be 150 s ago. */
  activeAmong(channels: readonly string[]): string[]
}
