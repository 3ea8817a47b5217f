import type { DialectName } from '../protocol/dialects/index.ts'
import { dialects } from '../protocol/dialects/index.ts'
import type { LoggedEvent } from '../protocol/events/events.ts'
import type { Member } from '../protocol/frames.ts'
import type { RoomContext } from '../rooms/context.ts'
import { packFrames } from '../rooms/object/broadcaster.ts'
import { ephemeral } from '../rooms/outcome.ts'
import type { Out } from './wire.ts'

const pageEvents = 200
/** A relay that has missed more events than this has its members resume instead. */
export const mostMissed = 20_000

type Context = Pick<RoomContext, 'log' | 'encodeContext' | 'presence'>

/** Returns whether a relay can go on after a seq: all that it missed is there, and is not too much. */
export function canCatchUp({ log }: Pick<Context, 'log'>, seq: number): boolean {
  return seq <= log.head && seq >= log.earliest - 1 && log.head - seq <= mostMissed
}

/** Events as the messages of a dialect. */
export function messagesOf(
  { encodeContext }: Pick<Context, 'encodeContext'>,
  name: DialectName,
  events: readonly LoggedEvent[],
): string[] {
  const encoded = events.flatMap(event => dialects[name].encode(event, encodeContext) ?? [])
  return (dialects[name].batches ? packFrames(encoded) : encoded).map(String)
}

/** The events after a seq, for every member of a relay, in these dialects. */
export function* missedEvents(
  { log, encodeContext }: Context,
  names: readonly DialectName[],
  seq: number,
): Generator<Out> {
  for (let since = seq; since < log.head; ) {
    const { events } = log.after(since, pageEvents)
    const [first, last] = [events[0], events.at(-1)]
    if (first === undefined || last === undefined) return
    const frames = names.map(name => [name, { f: messagesOf({ encodeContext }, name, events) }] as const)
    yield { t: 'out', events: [first.seq, last.seq], all: Object.fromEntries(frames) }
    since = last.seq
  }
}

/** Who is here, as a change: for members that may have missed any of them. `before`: who they think is here. */
export function rosterNow(
  { presence, encodeContext }: Context,
  names: readonly DialectName[],
  { before, now }: { before: readonly Member[]; now: number },
): Out {
  const members = presence.members()
  const here = new Set(members.map(({ id }) => id))
  const left = presence.isLarge ? [] : before.filter(({ id }) => !here.has(id))
  const frame = ephemeral('presence', { joined: [], left, changed: members, count: presence.count }, now)
  const all = names.flatMap(name => {
    const text = dialects[name].receivesEphemeral ? dialects[name].encode(frame, encodeContext) : null
    return text === null ? [] : [[name, { f: [text], d: [] }] as const]
  })
  return { t: 'out', all: Object.fromEntries(all) }
}
