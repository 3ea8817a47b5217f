// npm run soak -- --minutes 15: joins, leaves, cuts, floods, kills and agents, all at once, then 10,000 connections to
// one runtime. It prints the checker's findings, and the memory and sockets before and after the connections.
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import WebSocket from 'ws'
import { bundle } from '../support/bundle.ts'
import { check } from '../support/checker.ts'
import { seededRandom } from '../support/random.ts'
import { readLog } from '../support/read-log.ts'
import { Recorder } from '../support/recorder.ts'
import { type Server, startServer } from '../support/server.ts'
import { connectMany, connectOnce, leftBehind } from './clients.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '30' }, // average seconds between two; 0: never
    connects: { type: 'string', default: '10000' },
  },
})
const endAt = Date.now() + Number(values.minutes) * 60_000
const killEveryMs = Number(values.kills) * 1_000
const random = seededRandom(Number(values.seed))
const isOver = () => Date.now() >= endAt
const count = { messages: 0, cuts: 0, visitors: 0, floods: 0, flooded: 0, kills: 0 }

process.exitCode = await soak()

async function soak(): Promise<number> {
  await using bundled = await bundle()
  await using server = await startServer({}, { script: bundled.script })
  const members = Array.from({ length: 8 }, (_, n) => new Recorder(server.ws(`/ws/circles/soak?name=member${n}`)))
  await Promise.all(members.map(member => member.connect()))

  await Promise.all([...members.map(member => sendMessages(member)), sendVisitors(server), flood(server), kill(server)])

  await Promise.all(members.map(member => reconnect(member)))
  for (const member of members) await member.until(() => member.pending === 0)
  const log = await readLog(`${server.url}/api/circles/soak`)
  for (const member of members) await member.until(() => member.last >= log.length)
  const findings = check({
    log,
    acked: members.flatMap(member => member.acked),
    readers: members.map((member, n) => member.asReader(`member ${n}`, true)),
  })
  const refused = members.flatMap(member => member.refused)
  const sockets = await openSockets(server)
  console.log(JSON.stringify({ seed: values.seed, ...count, events: log.length, sockets }))

  await Promise.all(members.map(member => member.close()))
  const connections = await connectMany(Number(values.connects), random)
  console.log(JSON.stringify(connections))

  const problems = [
    ...server
      .output()
      .split('\n')
      .filter(line => line.includes('"event":"fault"')),
    ...findings,
    ...refused.map(one => ({ refused: one })),
    ...(sockets === members.length ? [] : [`${sockets} sockets for ${members.length} members`]),
    ...leftBehind(connections),
  ]
  for (const problem of problems) console.log(problem)
  console.log(
    problems.length === 0
      ? 'Nothing was lost or duplicated, the order is the same for all, and memory and sockets are as before.'
      : 'A guarantee was broken; see above.',
  )
  return problems.length === 0 ? 0 : 1
}

/** Sends messages, prompts an agent now and then, and loses its connection at random times. */
async function sendMessages(member: Recorder): Promise<void> {
  for (let number = 0; !isOver(); number++) {
    await reconnect(member)
    const content = random() < 0.05 ? '@pickle roll a dice' : `message ${number}`
    member.send(`m${number}`, content)
    count.messages += 1
    await pause(150 + random() * 250)
    if (random() < 0.04) {
      member.cut()
      count.cuts += 1
    }
    await member.until(() => member.pending < 5)
  }
}

async function reconnect(member: Recorder): Promise<void> {
  while (!member.open) {
    try {
      await member.connect()
    } catch {
      await pause(300) // the server is restarting
    }
  }
}

/** Connects and disconnects other users. */
async function sendVisitors(server: Server): Promise<void> {
  while (!isOver()) {
    await connectVisitors(server, 4)
    await pause(500)
  }
}

async function connectVisitors(server: Server, number: number): Promise<void> {
  const circle = (name: string) => server.ws(`/ws/circles/soak?name=${name}`)
  const connected = await Promise.all(
    Array.from({ length: number }, (_, n) => connectOnce(circle(`visitor${n}`), random)),
  )
  count.visitors += connected.filter(isConnected => isConnected).length
}

/** Sends far more than the rate limit allows. */
async function flood(server: Server): Promise<void> {
  while (!isOver()) {
    await pause(10_000)
    const socket = new WebSocket(server.ws('/ws/circles/soak?name=flooder'), ['circles.v1'])
    socket.on('error', () => {})
    const closed = new Promise<number>(resolve => socket.on('close', resolve))
    socket.on('open', () => {
      for (let n = 0; n < 60; n++) socket.send('{"type": "ping"}')
    })
    const code = await closed
    count.floods += 1
    if (code === 4429) count.flooded += 1
  }
}

/** Kills and restarts the server. */
async function kill(server: Server): Promise<void> {
  while (killEveryMs > 0 && Date.now() + killEveryMs < endAt) {
    await pause(killEveryMs * (0.5 + random()))
    await server.kill9()
    await server.start()
    count.kills += 1
  }
}

async function openSockets(server: Server): Promise<number> {
  const response = await fetch(`${server.url}/api/circles/soak/members`)
  const { members } = (await response.json()) as { members: { id: string; sessions: number }[] }
  return members.filter(({ id }) => id.startsWith('guest:member')).reduce((sum, { sessions }) => sum + sessions, 0)
}
