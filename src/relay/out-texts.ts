import type { DialectName } from '../protocol/dialects/index.ts'
import type { Delivery } from '../rooms/object/subscriber.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import type { Frames, Out } from './wire.ts'

/** What a run leads to for every relay: `events` and `erases` as in `Out`; `ring`: its events as native messages. */
export type RunEvents = Pick<Out, 'events' | 'erases'> & { ring(): readonly string[] }

/** What it leads to for one relay. `dialects`: of its members; `done`: as in `Out`, or null. */
type ForRelay = {
  dialects: readonly DialectName[]
  own: ReadonlyMap<Delivery, readonly SessionId[]>
  done: number | null
}

/** What all relays get that have members of the same dialects. */
type Common = { text: string; isNothing: boolean }

const none: Frames = { f: [] }

/** The `out` frames of one run, as text. What many relays get is written once. */
export class OutTexts {
  readonly #events: RunEvents
  readonly #shared: ReadonlyMap<DialectName, Delivery>
  readonly #start: string
  readonly #written = new Map<string, Common>() // by their dialects

  /** `shared`: what every member of a dialect is sent that is sent nothing of its own. */
  constructor(events: RunEvents, shared: ReadonlyMap<DialectName, Delivery>) {
    this.#events = events
    this.#shared = shared
    const { ring: _ring, ...rest } = events
    this.#start = JSON.stringify({ t: 'out', ...rest }).slice(0, -1)
  }

  /** The frame for a relay, or null: there is nothing for it. */
  textFor({ dialects, own, done }: ForRelay): string | null {
    const { text, isNothing } = this.#commonFor(dialects)
    if (own.size === 0 && done === null) return isNothing ? null : text
    const progress = done === null ? '' : `,"done":${done}`
    if (own.size === 0) return `${text.slice(0, -1)}${progress}}`
    const to = [...own].map(([delivery, sessions]) => [sessions, framesOf(delivery)] as const)
    return `${text.slice(0, -1)}${progress},"to":${JSON.stringify(to satisfies Out['to'])}}`
  }

  #commonFor(dialects: readonly DialectName[]): Common {
    const key = dialects.join()
    let common = this.#written.get(key)
    if (common === undefined) {
      common = this.#write(dialects)
      this.#written.set(key, common)
    }
    return common
  }

  #write(dialects: readonly DialectName[]): Common {
    const { events, erases } = this.#events
    const all = dialects.flatMap(name => {
      const delivery = this.#shared.get(name)
      return delivery === undefined || delivery.frames.length === 0 ? [] : [[name, framesOf(delivery)] as const]
    })
    const isRemembered =
      events === undefined || erases === true || (dialects.includes('native') && this.#shared.has('native'))
    const ring = isRemembered ? '' : `,"ring":${JSON.stringify(this.#events.ring())}`
    const forAll = all.length === 0 ? '' : `,"all":${JSON.stringify(Object.fromEntries(all))}`
    return { text: `${this.#start}${ring}${forAll}}`, isNothing: events === undefined && all.length === 0 }
  }
}

/** The frames of a delivery. Circles have text only. */
function framesOf(delivery: Delivery): Frames {
  const { frames, hasEphemeral, durable } = delivery
  if (frames.length === 0) return none
  const f = frames.map(String)
  return hasEphemeral === true ? { f, d: durable().map(String) } : { f }
}
