import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest'
import { seededRandom } from '../support/random.ts'
import { type Crowd, gather, type RelayWorld, startRelayWorld } from './relay-world.ts'

// Each process is killed, or stopped, while everybody speaks.

const rounds = Number(process.env.RELAY_ROUNDS ?? 2)
const longestAwayMs = Number(process.env.RELAY_AWAY_MS ?? 2_000)
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000)
const promisedMs = 30_000 // a circle that is away for so long closes no socket
const timeout = 7_200_000

const random = seededRandom(seed)

/** How long a process is away: mostly short, so that as many kills as possible fit in. */
function awayMs(): number {
  return random() * (random() < 0.1 ? longestAwayMs - 1_000 : 1_000)
}

/** Lets members come into a circle of this name; what is printed if the test fails repeats it. */
function begin(name: string): Promise<Crowd> {
  onTestFailed(() => console.log(`again: CHAOS_SEED=${seed} RELAY_ROUNDS=${rounds} RELAY_AWAY_MS=${longestAwayMs}`))
  return gather(world, name)
}

let world: RelayWorld

beforeAll(async () => {
  console.log(`CHAOS_SEED=${seed}`)
  world = await startRelayWorld()
})
afterAll(() => world.end())

test(`[L4] ${rounds} kills of the circle's process under load close no socket behind a relay, and lose nothing`, {
  timeout,
}, async () => {
  const { circle } = world
  const away: number[] = []
  const back: number[] = []
  const crowd = await begin('kills')
  for (let round = 0; round < rounds; round++) {
    await pause(300 + random() * 700) // the time of the kill is what is tested, not a wait for something
    const killedAt = Date.now()
    await circle.kill9()
    await pause(awayMs())
    await circle.start()
    away.push(Date.now() - killedAt)
    back.push(await crowd.speaks())
    if (Date.now() - killedAt <= promisedMs) expect(crowd.closes()).toEqual([])
    else crowd.forgive()
  }
  const { events } = await crowd.leave()
  console.log(
    `the circle was away for ${spread(away)} ms, everybody had an ack ${spread(back)} ms later; ${events} events`,
  )
})

test(`[R3] ${rounds} kills of relays' processes under load lose nothing, and every resume is exact`, {
  timeout,
}, async () => {
  const { relays } = world
  const back: number[] = []
  const crowd = await begin('relays')
  for (let round = 0; round < rounds; round++) {
    await pause(300 + random() * 700)
    const at = round % 2
    await relays[at]?.kill9()
    await pause(random() < 0.5 ? 0 : random() * 2_000)
    await relays[at]?.start()
    back.push(await crowd.speaks())
    expect(crowd.closes(1 - at)).toEqual([]) // those of the other relays notice nothing
    crowd.forgive()
  }
  const { events, sockets } = await crowd.leave()
  console.log(`everybody had an ack ${spread(back)} ms after the relay answered; ${events} events, ${sockets} sockets`)
})

test(`[R3] [L4] ${rounds} stops of any process (SIGSTOP) under load close no socket, and lose nothing`, {
  timeout,
}, async () => {
  const back: number[] = []
  const processes = [world.circle, ...world.relays]
  const crowd = await begin('stops')
  for (let round = 0; round < rounds; round++) {
    const isFirst = round < processes.length // each is stopped for long once
    const stopped = processes[isFirst ? round : Math.floor(random() * processes.length)]
    const stoppedAt = Date.now()
    stopped?.pause()
    await pause(isFirst ? longestAwayMs - 1_000 : awayMs())
    stopped?.resume()
    back.push(await crowd.speaks())
    if (Date.now() - stoppedAt <= promisedMs) expect(crowd.closes()).toEqual([])
    else crowd.forgive()
  }
  const { events } = await crowd.leave()
  console.log(`everybody had an ack ${spread(back)} ms after the process went on; ${events} events`)
})

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  return `${sorted[Math.floor(sorted.length / 2)]} (at most ${sorted.at(-1)})`
}
