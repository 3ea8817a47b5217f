import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import WebSocket from 'ws'
import { launch } from '../../bench/servers/launch.ts'
import { serveCircles } from '../../bench/subjects/circles.ts'
import { type Footprint, footprint } from './footprint.ts'

const atOnce = 20
const members = 8 // who stay the whole time
const firstConnects = 5_000 // by then what is only made once is made, and the heap is as large as it gets
const restMs = 15_000 // presence is told, what nobody uses is closed, the runtime tidies up
const pingMs = 25_000

/** What thousands of connects left behind. */
export type Crowd = {
  connects: number
  came: number
  start: Footprint // before anybody but the members came
  before: Footprint
  after: Footprint
  members: number
  left: number
}

// Memory of a runtime goes up and down by itself; what each of 10,000 connects left behind would be seen.
const toleratedMegabytes = 48
const toleratedSockets = atOnce

/**
 * Comes and goes so many times, half of them without a word, and measures the server before and after. It runs in the
 * runtime itself: `wrangler dev` keeps some 100 KB of every socket it ever carried, also of a bare object's.
 */
export async function crowd(connects: number, random: () => number): Promise<Crowd> {
  const folder = await mkdtemp(join(tmpdir(), 'circles-soak-'))
  try {
    await using server = await launch(await serveCircles({ AUTH: 'open', LOG: 'off' }, folder, folder), undefined)
    const circle = `ws://127.0.0.1:${server.port}/ws/circles/soak`
    let left = 0
    const stayed = Array.from({ length: members }, (_, n) => new WebSocket(`${circle}?name=member${n}`, ['circles.v1']))
    await Promise.all(stayed.map(socket => once(socket, 'message')))
    for (const socket of stayed) socket.on('close', () => (left += 1))
    const alive = setInterval(() => stayed.map(socket => socket.send('{"type":"ping"}')), pingMs)
    const start = footprint(server.pid)
    await comeAndGo(circle, firstConnects, random)
    const before = await rested(server.pid)
    const came = await comeAndGo(circle, connects, random)
    const after = await rested(server.pid)
    clearInterval(alive)
    const response = await fetch(`http://127.0.0.1:${server.port}/api/circles/soak/members?name=member0`)
    const { members: roster } = (await response.json()) as { members: { sessions: number }[] }
    const sessions = roster.reduce((sum, one) => sum + one.sessions, 0)
    const counted = { connects, came, start, before, after, members: sessions, left }
    for (const socket of stayed) socket.terminate()
    return counted
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What is not as it was before; empty is what we want. */
export function leftBehind({ connects, came, start, before, after, members: sessions, left }: Crowd): string[] {
  const grown = after.megabytes - before.megabytes
  const open = Math.max(before.sockets, after.sockets) - start.sockets // of either crowd
  return [
    ...(came < connects ? [`${connects - came} of ${connects} were not let in`] : []),
    ...(left > 0 || sessions !== members ? [`${sessions} of ${members} members are there, ${left} were closed`] : []),
    ...(grown > toleratedMegabytes ? [`${grown} MB more than before, ${toleratedMegabytes} are tolerated`] : []),
    ...(open > toleratedSockets ? [`${open} sockets more than before, ${toleratedSockets} are tolerated`] : []),
  ]
}

async function rested(group: number): Promise<Footprint> {
  await pause(restMs)
  return footprint(group)
}

/** Says how many were let in. */
async function comeAndGo(circle: string, times: number, random: () => number): Promise<number> {
  let left = times
  let came = 0
  const visitor = async (name: string) => {
    while (left-- > 0) if (await visit(`${circle}?name=${name}`, random)) came += 1
  }
  await Promise.all(Array.from({ length: atOnce }, (_, n) => visitor(`visitor${n}`)))
  return came
}

/** Comes, is welcomed, and goes. False: it was not let in, or the server is down. */
export async function visit(url: string, random: () => number): Promise<boolean> {
  const socket = new WebSocket(url, ['circles.v1'])
  const failed = once(socket, 'error').then(() => false)
  const came = once(socket, 'message').then(() => true)
  if (!(await Promise.race([came, failed]))) return false
  const closed = once(socket, 'close')
  if (random() < 0.5) socket.terminate()
  else socket.close()
  await closed
  return true
}
