import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import WebSocket from 'ws'
import type { Server } from '../support/server.ts'
import { type Footprint, footprint } from './footprint.ts'

const atOnce = 20
const restMs = 25_000 // presence is told, what nobody uses is closed, the runtime tidies up

/** What thousands of connects left behind. */
export type Crowd = { connects: number; came: number; before: Footprint; after: Footprint; members: number }

// Memory of a runtime goes up and down by itself; what each of 10,000 connects left behind would be seen.
const toleratedMegabytes = 64
// `wrangler dev` keeps connections to its runtime for a while: as many as were used at once, on either side.
const toleratedSockets = 2 * atOnce

/** Comes and goes so many times, half of them without a word, and measures the server before and after. */
export async function crowd(server: Server, connects: number, random: () => number): Promise<Crowd> {
  await comeAndGo(server, 1_000, random) // what is only made once is made by now
  const before = await rested(server)
  const came = await comeAndGo(server, connects, random)
  const after = await rested(server)
  const response = await fetch(`${server.url}/api/circles/soak/members`)
  const { members } = (await response.json()) as { members: { sessions: number }[] }
  return { connects, came, before, after, members: members.reduce((sum, { sessions }) => sum + sessions, 0) }
}

/** What is not as it was before; empty is what we want. */
export function leftBehind({ connects, came, before, after }: Crowd): string[] {
  const grown = after.runtimes - before.runtimes
  const open = after.sockets - before.sockets
  return [
    ...(came < connects ? [`${connects - came} of ${connects} were not let in`] : []),
    ...(grown > toleratedMegabytes ? [`${grown} MB more than before, ${toleratedMegabytes} are tolerated`] : []),
    ...(open > toleratedSockets ? [`${open} sockets more than before, ${toleratedSockets} are tolerated`] : []),
  ]
}

async function rested(server: Server): Promise<Footprint> {
  await pause(restMs)
  return footprint(server)
}

/** Says how many were let in. */
async function comeAndGo(server: Server, times: number, random: () => number): Promise<number> {
  let left = times
  let came = 0
  const visitor = async (name: string) => {
    while (left-- > 0) if (await visit(server, name, random)) came += 1
  }
  await Promise.all(Array.from({ length: atOnce }, (_, n) => visitor(`visitor${n}`)))
  return came
}

/** Comes, is welcomed, and goes. False: it was not let in, or the server is down. */
export async function visit(server: Server, name: string, random: () => number): Promise<boolean> {
  const socket = new WebSocket(server.ws(`/ws/circles/soak?name=${name}`), ['circles.v1'])
  const failed = once(socket, 'error').then(() => false)
  const came = once(socket, 'message').then(() => true)
  if (!(await Promise.race([came, failed]))) return false
  const closed = once(socket, 'close')
  if (random() < 0.5) socket.terminate()
  else socket.close()
  await closed
  return true
}
