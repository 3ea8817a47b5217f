import type { Channel } from './channel.ts'
import type { ClientTypes } from './client-types.ts'
import type { EventFrame } from './frames.ts'
import type { Snapshot } from './state/state.ts'

/**
 * Returns what a program may keep of a channel, to show it later where there is no network: at most the newest 200 entries,
 * and a million characters of JSON. The texts of deleted messages are not in it, nor are people who are online. Null before
 * the first welcome, and while nothing is loaded.
 */
export function snapshotOf<Types extends ClientTypes>(
  channel: Channel<Types>,
  { entries: mostEntries = 200, characters = 1_000_000 }: { entries?: number; characters?: number } = {},
): Snapshot | null {
  const { state } = channel
  const { self: user, circle, limits, epoch, agents, lastRead, position, entries, files } = state
  const first = entries.at(-mostEntries) ?? entries[0]
  if (user === null || circle === null || limits === null || epoch === null || first === undefined) return null
  const loaded = channel.eventsAfter(first.seq - 1) ?? []
  const events = newest(withoutDeleted(loaded), characters)
  return {
    welcome: {
      ...{ session: '', user, epoch, circle, limits, recovered: null, head: position, earliest: 1 },
      ...{ members: [], member_count: 0, live: [], agents: [...agents], read: lastRead ?? position },
      ...(files && { files }),
    },
    events,
  }
}

/** The events without what was written in messages that were deleted later, and without their edits. */
function withoutDeleted(events: readonly EventFrame[]): EventFrame[] {
  const deleted = new Set(events.flatMap(event => (event.type === 'message_deleted' ? [event.data.target] : [])))
  return events.flatMap(event => {
    if (event.type === 'message_edited' && deleted.has(event.data.target)) return []
    if (event.type !== 'message' && event.type !== 'agent_message') return [event]
    return deleted.has(event.seq) ? [{ ...event, data: { ...event.data, content: '' } } as EventFrame] : [event]
  })
}

/** The newest events whose JSON has at most so many characters in all. */
function newest(events: readonly EventFrame[], characters: number): EventFrame[] {
  let left = characters
  let first = events.length
  for (const event of events.toReversed()) {
    left -= JSON.stringify(event).length
    if (left < 0) break
    first--
  }
  return events.slice(first)
}
