// npm run soak -- --minutes 15: joins, leaves, cuts, floods, kills and agents, all at once; ends with the checker's verdict.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import WebSocket from 'ws'
import { bundle } from '../support/bundle.ts'
import { chance } from '../support/chance.ts'
import { check } from '../support/checker.ts'
import { readLog } from '../support/read-log.ts'
import { Recorder } from '../support/recorder.ts'
import { type Server, startServer } from '../support/server.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '30' },
  },
})
const endAt = Date.now() + Number(values.minutes) * 60_000
const killEveryMs = Number(values.kills) * 1_000 // 0: never
const random = chance(Number(values.seed))
const isOver = () => Date.now() >= endAt
const count = { lines: 0, cuts: 0, visits: 0, floods: 0, flooded: 0, kills: 0 }

process.exitCode = await soak()

async function soak(): Promise<number> {
  await using bundled = await bundle()
  await using server = await startServer({}, { script: bundled.script })
  const members = Array.from({ length: 8 }, (_, n) => new Recorder(server.ws(`/ws/circles/soak?name=member${n}`)))
  await Promise.all(members.map(member => member.connect()))
  await visitMany(server, 200)
  const before = residentMegabytes(server)

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
  const after = residentMegabytes(server)
  await Promise.all(members.map(member => member.close()))

  console.log(JSON.stringify({ ...count, events: log.length, sockets, megabytes: { before, after } }))
  const faults = server.output().match(/\{"at":"room".*/g) ?? []
  for (const fault of faults) console.log(fault)
  for (const finding of findings) console.log(finding)
  for (const one of refused) console.log({ refused: one })
  const isClean = findings.length === 0 && refused.length === 0 && faults.length === 0 && sockets === members.length
  console.log(isClean ? 'Nothing lost, nothing twice, one order.' : 'A promise was broken; see above.')
  return isClean ? 0 : 1
}

/** Says lines, asks an agent now and then, and loses its network at random moments. */
async function talk(member: Recorder): Promise<void> {
  for (let number = 0; !isOver(); number++) {
    await comeBack(member)
    const content = random() < 0.05 ? '@pickle roll a dice' : `line ${number}`
    member.say(`l${number}`, content)
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

/** Strangers come and go: as many as the limit of upgrades from one address lets in. */
async function visiting(server: Server): Promise<void> {
  while (!isOver()) {
    await visitMany(server, 4)
    await pause(1_500)
  }
}

async function visitMany(server: Server, many: number): Promise<void> {
  await Promise.all(Array.from({ length: many }, (_, n) => visit(server, `visitor${n}`)))
}

async function visit(server: Server, name: string): Promise<WebSocket | null> {
  const socket = new WebSocket(server.ws(`/ws/circles/soak?name=${name}`), ['circles.v1'])
  const failed = once(socket, 'error').then(() => null)
  const came = once(socket, 'message').then(() => socket)
  const open = await Promise.race([came, failed])
  if (open === null) return null // the server is down, or the address asks too often
  count.visits += 1
  if (random() < 0.5) socket.terminate()
  else socket.close()
  return open
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

/** What the runtimes of this server hold in memory: every process that has its state's folder on its command line. */
function residentMegabytes(server: Server): number {
  const lines = execFileSync('ps', ['-eo', 'rss=,args='], { encoding: 'utf8' }).split('\n')
  const own = lines.filter(line => line.includes(server.state) || line.includes(`:${server.port}`))
  return Math.round(own.reduce((sum, line) => sum + Number(line.trim().split(' ', 1)[0]), 0) / 1_024)
}
