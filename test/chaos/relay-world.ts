import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { bundle } from '../support/bundle.ts'
import { check } from '../support/checker.ts'
import { eventually } from '../support/eventually.ts'
import { faultsIn } from '../support/faults-in.ts'
import { readLog } from '../support/read-log.ts'
import { Recorder } from '../support/recorder.ts'
import { freePort } from '../support/server.ts'
import { startWorkerd, type WorkerdProcess } from '../support/workerd.ts'
import { objects, settings } from './circles.ts'

/** Three processes: one with the objects of the circle, two with relays and the sockets of their members. */
export type RelayWorld = { circle: WorkerdProcess; relays: readonly WorkerdProcess[]; end(): Promise<void> }

/** Three members at each process with relays, who speak, and come back when their socket is closed. */
export type Crowd = {
  /** Waits until everybody has one more ack; returns how long it took (ms). */
  speaks(): Promise<number>
  /** Nobody speaks until `goOn`; resolves when everybody has all acks. */
  hush(): Promise<void>
  goOn(): void
  /** The closes of the members at one of the processes, or at all, but for those that were right. */
  closes(at?: number): number[]
  /** The circle was away for longer than is promised: what was closed was closed rightly. */
  forgive(): void
  /** Ends it: compares what everybody was told with the log. */
  leave(): Promise<{ events: number; sockets: number }>
}

const withRelays = { ...settings, RELAYS: '{"from":0,"size":3}' }
const regions = [
  ['EU', 'weur'],
  ['NA', 'enam'],
] as const // of the two processes: the continent of their clients, and of their relays

/** Starts the processes. */
export async function startRelayWorld(): Promise<RelayWorld> {
  const resources = new AsyncDisposableStack()
  const { script } = resources.use(await bundle('test/chaos/worker.ts'))
  const [door, ...doors] = [await freePort(), await freePort(), await freePort()]
  const elsewhere = Object.fromEntries(regions.map(([, region], at) => [`RELAYS_${region}`, doors[at] ?? 0]))
  const own = { script, settings: withRelays }
  const circle = resources.use(await startWorkerd({ ...own, objects, doors: { Objects: door ?? 0 }, elsewhere }))
  const relays: WorkerdProcess[] = []
  for (const [at, [continent]] of regions.entries()) {
    const places = { doors: { Objects: doors[at] ?? 0 }, elsewhere: { CIRCLE: door ?? 0 } }
    const objects = { CIRCLE_RELAYS: 'RelayObject' }
    relays.push(
      resources.use(
        await startWorkerd({ script, ...places, objects, settings: { ...withRelays, CONTINENT: continent } }),
      ),
    )
  }
  return {
    circle,
    relays,
    async end() {
      const printed = [circle, ...relays].map(one => one.output()).join('\n')
      await resources.disposeAsync()
      expect(faultsIn(printed)).toEqual([])
    },
  }
}

/** Lets members come into a new circle. */
export async function gather({ circle, relays }: RelayWorld, name: string): Promise<Crowd> {
  const groups = relays.map((relay, at) =>
    [0, 1, 2].map(number => new Recorder(relay.ws(`/ws/circles/${name}?name=member-${at}-${number}`))),
  )
  const members = groups.flat()
  const known = new Map(members.map(member => [member, 0])) // how many of its closes were right
  let isOver = false
  let isHushed = false
  const stay = async (member: Recorder) => {
    for (let n = 0; !isOver; n++) {
      if (!member.open) await member.connect().catch(() => {})
      if (member.open && !isHushed && member.pending < 8) member.send(`m${n}`, `message ${n}`) // with the 20 at once that are allowed
      await pause(100 + Math.random() * 100)
    }
  }
  const haveAcks = () => eventually(() => expect(members.map(({ pending }) => pending)).toEqual(members.map(() => 0)))
  const staying = members.map(stay)
  await eventually(() => expect(members.every(({ acked }) => acked.length > 0)).toBe(true))
  return {
    async speaks() {
      const begin = Date.now()
      const before = members.map(({ acked }) => acked.length)
      await eventually(() => {
        expect(members.filter(({ acked }, at) => acked.length <= (before[at] ?? 0))).toEqual([])
      })
      return Date.now() - begin
    },
    async hush() {
      isHushed = true
      await haveAcks()
    },
    goOn() {
      isHushed = false
    },
    closes(at) {
      const some = at === undefined ? members : (groups[at] ?? [])
      return some.flatMap(member => member.closeCodes.slice(known.get(member)))
    },
    forgive() {
      for (const member of members) known.set(member, member.closeCodes.length)
    },
    async leave() {
      isOver = true
      await Promise.all(staying)
      await haveAcks()
      const log = await readLog(`${circle.url}/api/circles/${name}`)
      await eventually(() => expect(members.map(({ last }) => last)).toEqual(members.map(() => log.length)))
      const acked = members.flatMap(member => member.acked)
      const readers = members.map((member, at) => member.asReader(`member ${at}`, true))
      expect(check({ log, acked, readers })).toEqual([])
      expect(members.flatMap(({ refused }) => refused)).toEqual([])
      expect(acked.length).toBe(log.length)
      await Promise.all(members.map(member => member.close()))
      return { events: log.length, sockets: members.reduce((sum, { sockets }) => sum + sockets.length, 0) }
    },
  }
}
