// npm run soak -- --minutes 15: joins, leaves, cuts, floods, kills and agents, all at once, then 10,000 connects to one
// runtime; ends with the checker's verdict, and with what memory and sockets were before and after.
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import WebSocket from 'ws'
import { bundle } from '../support/bundle.ts'
import { check } from '../support/checker.ts'
import { seededRandom } from '../support/random.ts'
import { readLog } from '../support/read-log.ts'
import { Recorder } from '../support/recorder.ts'
import { type Server, startServer } from '../support/server.ts'
import { crowd, leftBehind, visit } from './clients.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '30' }, // seconds between two, about; 0: never
    connects: { type: 'string', default: '10000' },
  },
})
const endAt = Date.now() + Number(values.minutes) * 60_000
const killEveryMs = Number(values.kills) * 1_000
const random = seededRandom(Number(values.seed))
const isOver = () => Date.now() >= endAt
const count = { lines: 0, cuts: 0, visits: 0, floods: 0, flooded: 0, kills: 0 }

process.exitCode = await soak()

async function soak(): Promise<number> {
  await using bundled = await bundle()
  await using server = await startServer({}, { script: bundled.script })
  const members = Array.from({ length: 8 }, (_, n) => new Recorder(server.ws(`/ws/circles/soak?name=member${n}`)))
  await Promise.all(members.map(member => member.connect()))

  await Promise.all([...members.map(member => talk(member)), visiting(server), flooding(server), killing(server)])

  await Promise.all(members.map(member => comeBack(member)))
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
  const crowded = await crowd(Number(values.connects), random)
  console.log(JSON.stringify(crowded))

  const troubles = [
    ...server
      .output()
      .split('\n')
      .filter(line => line.includes('"event":"fault"')),
    ...findings,
    ...refused.map(one => ({ refused: one })),
    ...(sockets === members.length ? [] : [`${sockets} sockets of ${members.length} members`]),
    ...leftBehind(crowded),
  ]
  for (const trouble of troubles) console.log(trouble)
  console.log(
    troubles.length === 0
      ? 'Nothing lost, nothing twice, one order; memory and sockets as before.'
      : 'A promise was broken; see above.',
  )
  return troubles.length === 0 ? 0 : 1
}

/** Says lines, asks an agent now and then, and loses its network at random moments. */
async function talk(member: Recorder): Promise<void> {
  for (let number = 0; !isOver(); number++) {
    await comeBack(member)
    const content = random() < 0.05 ? '@pickle roll a dice' : `line ${number}`
    member.send(`l${number}`, content)
    count.lines += 1
    await pause(150 + random() * 250)
    if (random() < 0.04) {
      member.cut()
      count.cuts += 1
    }
    await member.until(() => member.pending < 5)
  }
}

async function comeBack(member: Recorder): Promise<void> {
  while (!member.open) {
    try {
      await member.connect()
    } catch {
      await pause(300) // the server is being started again
    }
  }
}

/** Strangers come and go. */
async function visiting(server: Server): Promise<void> {
  while (!isOver()) {
    await visitMany(server, 4)
    await pause(500)
  }
}

async function visitMany(server: Server, many: number): Promise<void> {
  const circle = (name: string) => server.ws(`/ws/circles/soak?name=${name}`)
  const came = await Promise.all(Array.from({ length: many }, (_, n) => visit(circle(`visitor${n}`), random)))
  count.visits += came.filter(isIn => isIn).length
}

/** Somebody does not listen to refusals. */
async function flooding(server: Server): Promise<void> {
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

/** The power goes. */
async function killing(server: Server): Promise<void> {
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
