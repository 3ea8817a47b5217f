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
const members = 8 // clients that stay connected all the time
const warmUpConnects = 5_000 // after these, whatever is made once is made, and the heap has its full size
const restMs = 15_000 // presence is sent, unused connections are closed, the runtime collects garbage
const pingMs = 25_000

/** The result of thousands of connections. */
type ConnectResult = {
  connects: number
  connected: number
  start: Footprint // with the members only
  before: Footprint
  after: Footprint
  members: number // sessions of members at the end
  left: number // members whose socket was closed
}

// The memory of a runtime varies by itself; a leak in each of 10,000 connections would exceed this.
const toleratedMegabytes = 48
const toleratedSockets = atOnce

/**
 * Connects and disconnects so many times, half of them without a Close frame, and measures the server before and after.
 * The server is the runtime itself: `wrangler dev` keeps some 100 KB of every socket, also those of a minimal object.
 */
export async function connectMany(connects: number, random: () => number): Promise<ConnectResult> {
  const folder = await mkdtemp(join(tmpdir(), 'circles-soak-'))
  try {
    await using server = await launch(await serveCircles({ AUTH: 'open', LOG: 'off' }, folder, folder), undefined)
    const circle = `ws://127.0.0.1:${server.port}/ws/circles/soak`
    let left = 0
    const stayed = Array.from({ length: members }, (_, n) => new WebSocket(`${circle}?name=member${n}`, ['circles.v1']))
    await Promise.all(stayed.map(socket => once(socket, 'message')))
    for (const socket of stayed) socket.on('close', () => (left += 1))
    const keepAlive = setInterval(() => stayed.map(socket => socket.send('{"type":"ping"}')), pingMs)
    const start = footprint(server.pid)
    await connectInParallel(circle, warmUpConnects, random)
    const before = await footprintAtRest(server.pid)
    const connected = await connectInParallel(circle, connects, random)
    const after = await footprintAtRest(server.pid)
    clearInterval(keepAlive)
    const sessions = await countSessions(server.port)
    for (const socket of stayed) socket.terminate()
    return { connects, connected, start, before, after, members: sessions, left }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Returns what the connections left behind, in sentences. */
export function leftBehind(result: ConnectResult): string[] {
  const { connects, connected, start, before, after, members: sessions, left } = result
  const grown = after.megabytes - before.megabytes
  const open = Math.max(before.sockets, after.sockets) - start.sockets // in either measurement
  return [
    ...(connected < connects ? [`${connects - connected} of ${connects} connections were refused`] : []),
    ...(left > 0 || sessions !== members
      ? [`${sessions} of ${members} members are connected, ${left} were closed`]
      : []),
    ...(grown > toleratedMegabytes ? [`${grown} MB more than before, ${toleratedMegabytes} are tolerated`] : []),
    ...(open > toleratedSockets ? [`${open} sockets more than before, ${toleratedSockets} are tolerated`] : []),
  ]
}

async function countSessions(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/api/circles/soak/members?name=member0`)
  const { members } = (await response.json()) as { members: { sessions: number }[] }
  return members.reduce((sum, { sessions }) => sum + sessions, 0)
}

async function footprintAtRest(group: number): Promise<Footprint> {
  await pause(restMs)
  return footprint(group)
}

/** Connects so many times, `atOnce` in parallel; resolves with how many connections were accepted. */
async function connectInParallel(circle: string, times: number, random: () => number): Promise<number> {
  let left = times
  let accepted = 0
  const run = async (name: string) => {
    while (left-- > 0) if (await connectOnce(`${circle}?name=${name}`, random)) accepted += 1
  }
  await Promise.all(Array.from({ length: atOnce }, (_, n) => run(`visitor${n}`)))
  return accepted
}

/** Connects, receives the welcome and disconnects; false if the connection was refused or the server is down. */
export async function connectOnce(url: string, random: () => number): Promise<boolean> {
  const socket = new WebSocket(url, ['circles.v1'])
  const failed = once(socket, 'error').then(() => false)
  const welcomed = once(socket, 'message').then(() => true)
  if (!(await Promise.race([welcomed, failed]))) return false
  const closed = once(socket, 'close')
  if (random() < 0.5) socket.terminate()
  else socket.close()
  await closed
  return true
}
