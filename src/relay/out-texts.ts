import type { DialectName } from '../protocol/dialects/index.ts'
import type { Delivery } from '../rooms/object/subscriber.ts'
import type { SessionId } from '../rooms/sessions/session.ts'
import type { Frames, Out } from './wire.ts'

/** What a run leads to for every relay: `events` and `erases` as in `Out`; `ring`: its events as native messages. */
export type RunEvents = Pick<Out, 'events' | 'erases'> & { ring(): readonly string[] }

/** What it leads to for one relay. `done`: as in `Out`, or null. */
type ForRelay = {
  shared: ReadonlyMap<DialectName, Delivery>
  own: ReadonlyMap<Delivery, readonly SessionId[]>
  done: number | null
}

const none: Frames = { f: [] }

/** The `out` frames of one run, as text. What many relays get is written once. */
export class OutTexts {
  readonly #events: RunEvents
  readonly #start: string
  readonly #written: { shared: Delivery[]; isRemembered: boolean; text: string }[] = []

  constructor(events: RunEvents) {
    this.#events = events
    const { ring: _ring, ...rest } = events
    this.#start = JSON.stringify({ t: 'out', ...rest }).slice(0, -1)
  }

  /** The frame for a relay, or null: there is nothing for it. */
  textFor({ shared, own, done }: ForRelay): string | null {
    const all = [...shared.values()].filter(({ frames }) => frames.length > 0)
    const { events, erases } = this.#events
    if (events === undefined && done === null && own.size === 0 && all.length === 0) return null
    const isRemembered = events === undefined || erases === true || shared.has('native')
    const common = this.#common(shared, all, isRemembered)
    const progress = done === null ? '' : `,"done":${done}`
    if (own.size === 0) return progress === '' ? common : `${common.slice(0, -1)}${progress}}`
    const to = [...own].map(([delivery, sessions]) => [sessions, framesOf(delivery)] as const)
    return `${common.slice(0, -1)}${progress},"to":${JSON.stringify(to satisfies Out['to'])}}`
  }

  #common(shared: ForRelay['shared'], all: Delivery[], isRemembered: boolean): string {
    const known = this.#written.find(one => one.isRemembered === isRemembered && areSame(one.shared, all))
    if (known !== undefined) return known.text
    const ring = isRemembered ? '' : `,"ring":${JSON.stringify(this.#events.ring())}`
    const frames = [...shared].flatMap(([name, one]) => (all.includes(one) ? [[name, framesOf(one)] as const] : []))
    const forAll = frames.length === 0 ? '' : `,"all":${JSON.stringify(Object.fromEntries(frames))}`
    const text = `${this.#start}${ring}${forAll}}`
    this.#written.push({ shared: all, isRemembered, text })
    return text
  }
}

function areSame(some: readonly Delivery[], others: readonly Delivery[]): boolean {
  return some.length === others.length && some.every((one, at) => one === others[at])
}

/** The frames of a delivery. Circles have text only. */
function framesOf(delivery: Delivery): Frames {
  const { frames, hasEphemeral, durable } = delivery
  if (frames.length === 0) return none
  const f = frames.map(String)
  return hasEphemeral === true ? { f, d: durable().map(String) } : { f }
}
