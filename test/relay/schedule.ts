import { vi } from 'vitest'
import { nativeEvent } from '../../src/protocol/dialects/native.ts'
import type { LoggedEvent } from '../../src/protocol/events/events.ts'
import { check, type SeenEvent } from '../support/checker.ts'
import { randomChoices } from '../support/random.ts'
import { Member } from './member.ts'
import { RelayProcess } from './relay-process.ts'
import { Circle } from './world.ts'

const promisedMs = 30_000 // a circle that is away for so long closes nobody's socket
const longestMs = 46_000 // nobody stays at a relay that is cut off for longer, or that was, when it came back to memory
const asleepMs = 31_000 // a relay that has lost its memory is brought back by its alarm

/** What happened in a run, and what should not have. */
export type Result = {
  problems: string[]
  acked: number
  closes: number[]
  events: number
  hibernations: number
  parkings: number
}

/** How a run is made: what may happen in it, besides members that speak. */
export type Course = { steps: number; actions: readonly Action[] }

/** What can happen. */
export type Action =
  | 'say'
  | 'leave'
  | 'cut'
  | 'silence'
  | 'kill relay'
  | 'evict relay'
  | 'unreachable'
  | 'kill circle'
  | 'stop circle'
  | 'hibernate'
  | 'silence of all'
  | 'outage'
  | 'slow'
  | 'revoke'

/** Runs one seed: a circle, two relays and eight members. Fake timers must be on. */
export async function runSeed(seed: number, { steps, actions }: Course): Promise<Result> {
  const { roll, pick, chance } = randomChoices(seed)
  const circle = new Circle()
  const relays = new Map<string, RelayProcess>()
  const relayAt = (shard: number) => {
    const name = `dev/enam/${shard}`
    const known = relays.get(name)
    if (known !== undefined && !known.isDead) return known
    const made = new RelayProcess(name, circle, () => 1 + roll(20))
    relays.set(name, made)
    return made
  }
  const members = ['ada', 'bob', 'cy', 'dee', 'eve', 'fay', 'gus', 'hal'].map(
    id => new Member(id, () => relayAt(roll(2))),
  )
  const revoked = new Map<string, number>()
  const problems: string[] = []
  for (const member of members) member.connect()
  await vi.advanceTimersByTimeAsync(2_000)

  const pass = async (ms: number) => {
    await vi.advanceTimersByTimeAsync(ms)
    for (const one of relays.values()) {
      one.note()
      const { asleepFor, fineAt } = one
      const cutFor = Date.now() - fineAt
      if (asleepFor > asleepMs) problems.push(`a relay with members is not in memory for ${asleepFor} ms`)
      if (asleepFor === 0 && one.members.size > 0 && cutFor > longestMs)
        problems.push(`${one.members.size} members are at a relay without the circle for ${cutFor} ms`)
    }
  }

  const act = async (action: Action) => {
    for (const one of relays.values()) one.note()
    const member = pick(members)
    const relay = relayAt(roll(2))
    switch (action) {
      case 'say':
        member.say(`${seed} says ${roll(1_000_000)}`)
        break
      case 'leave':
        member.leave()
        break
      case 'cut':
        relay.wire?.cut()
        break
      case 'silence':
        if (relay.wire !== null) relay.wire.isSilent = true
        break
      case 'kill relay':
        relay.kill()
        break
      case 'evict relay':
        relay.evict()
        break
      case 'unreachable':
        relay.isUnreachable = true
        relay.wire?.cut()
        setTimeout(() => (relay.isUnreachable = false), roll(40_000))
        break
      case 'kill circle':
        if (circle.isDown || circle.isStopped) break
        circle.kill()
        setTimeout(() => circle.restart(), roll(chance(0.2) ? 60_000 : 4_000))
        break
      case 'stop circle':
        if (circle.isDown || circle.isStopped) break
        circle.stop()
        setTimeout(() => circle.resume(), roll(chance(0.2) ? 60_000 : 4_000))
        break
      case 'outage': // outages between which a relay was not back are one: it began with the first of them
        if ([...relays.values()].some(one => !one.isDead && !one.isFine)) break
        if (chance(0.5)) {
          circle.kill()
          setTimeout(() => circle.restart(), roll(30_000))
        } else {
          circle.stop()
          setTimeout(() => circle.resume(), roll(30_000))
        }
        break
      case 'hibernate':
        circle.hibernate()
        break
      case 'silence of all': // relays park
        for (let second = 0; second < 40 + roll(40); second++) await pass(1_000)
        if (chance(0.5)) circle.hibernate()
        if (chance(0.5)) relay.evict()
        break
      case 'slow':
        member.isSlow = true
        break
      case 'revoke': {
        const { room } = circle.host
        if (circle.isDown || circle.isStopped || room === null || revoked.size > 2) break
        circle.revoked.add(member.id)
        circle.host.run((one, now) => {
          revoked.set(member.id, room.context.log.head) // after what arrived before, which is handled first
          return one.revokeTokens(member.id, now, now)
        })
        member.hasLeft = true
        break
      }
      default:
        action satisfies never
    }
  }

  for (let step = 0; step < steps; step++) {
    await pass(roll(400))
    await act(chance(0.5) ? 'say' : pick(actions))
  }
  for (let second = 0; second < 150; second++) await pass(1_000)
  for (const member of members) member.connect()
  await vi.advanceTimersByTimeAsync(20_000)

  const { room } = circle.host
  if (room === null) throw new Error('expected a circle')
  const { log } = room.context
  const events: SeenEvent[] = []
  for (let since = log.earliest - 1; since < log.head; since = events.at(-1)?.seq ?? log.head)
    events.push(
      ...log.after(since, 200).events.map(event => nativeEvent(event as LoggedEvent, 'circle:dev') as SeenEvent),
    )
  const readers = members.map(({ id, sockets }) => ({ name: id, sockets, caughtUp: !revoked.has(id) }))
  const acked = members.flatMap(member => member.acked)
  problems.push(...check({ log: events, acked, readers }).map(({ rule, what }) => `${rule}: ${what}`))
  const here = room.context.presence.users().sort().join()
  for (const member of members) {
    problems.push(...member.problems.map(problem => `${member.id}: ${problem}`))
    for (const { code, cutFor } of member.closes)
      if (code === 1013 && cutFor <= promisedMs)
        problems.push(`${member.id} was closed after ${cutFor} ms without the circle`)
    const head = revoked.get(member.id)
    const last = member.sockets.flat().at(-1)?.seq ?? 0
    if (head !== undefined && last > head) problems.push(`${member.id} was removed at ${head}, and received ${last}`)
    if (head === undefined && member.unacknowledged > 0)
      problems.push(`${member.id} waits for ${member.unacknowledged} acks`)
    const seen = [...member.roster].sort().join()
    if (member.isConnected && seen !== here) problems.push(`${member.id} sees ${seen}, and ${here} are here`)
    if (head === undefined && !member.isConnected) problems.push(`${member.id} is not connected`)
  }
  const count = room.context.sessions.size
  const open = members.filter(({ isConnected }) => isConnected).length
  if (count !== open) problems.push(`the circle counts ${count} sessions, ${open} are open`)
  const closes = members.flatMap(member => member.closes.map(({ code }) => code))
  const parkings = [...relays.values()].reduce((sum, one) => sum + one.parkings, 0)
  for (const relay of relays.values()) relay.kill()
  const { hibernations } = circle
  return { problems, acked: acked.length, closes, events: events.length, hibernations, parkings }
}
