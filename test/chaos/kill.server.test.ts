import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFailed, test } from 'vitest'
import { settingsOfRun } from '../support/behind-relays.ts'
import { bundle } from '../support/bundle.ts'
import { check } from '../support/checker.ts'
import { seededRandom } from '../support/random.ts'
import { readLog } from '../support/read-log.ts'
import { Recorder } from '../support/recorder.ts'
import { startWorkerd } from '../support/workerd.ts'
import { objects, settings } from './circles.ts'

const rounds = Number(process.env.CHAOS_ROUNDS ?? 12)
const seed = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000)
const burst = 18 // messages that a socket sends at once, below the limit of 20: this test is not about refusals
const inFlight = 6

test(`[L4] ${rounds} kills at random times under load lose nothing that was acknowledged`, {
  timeout: 1_800_000,
}, async () => {
  console.log(`CHAOS_SEED=${seed}`)
  onTestFailed(() => console.log(`again: CHAOS_SEED=${seed} CHAOS_ROUNDS=${rounds}`))
  await using bundled = await bundle()
  await Promise.all([chaos(bundled, seed, Math.ceil(rounds / 2)), chaos(bundled, seed + 1, Math.floor(rounds / 2))])
})

/** Starts a server and kills it again and again under load, then checks what its clients have recorded. */
async function chaos(bundled: { script: string }, seed: number, rounds: number): Promise<void> {
  const random = seededRandom(seed)
  await using server = await startWorkerd({
    script: bundled.script,
    objects: { ...objects, CIRCLE_RELAYS: 'RelayObject' },
    settings: { ...settings, ...settingsOfRun() },
  })
  const clientOf = (name: string) => new Recorder(server.ws(`/ws/circles/chaos?name=${name}`))
  const reader = clientOf('reader')
  const senders = ['ada', 'bob', 'eve'].map(clientOf)
  const clients = [reader, ...senders]

  for (let round = 0; round < rounds; round++) {
    await Promise.all(clients.map(client => client.connect()))
    const sending = senders.map(sender => sendBurst(sender, round))
    await pause(10 + random() * 350) // the time of the kill is what is tested, not a wait for something
    await server.kill9()
    await Promise.all(sending)
    await server.start()
  }
  await Promise.all(clients.map(client => client.connect()))
  for (const sender of senders) await sender.until(() => sender.pending === 0)
  const log = await readLog(`${server.url}/api/circles/chaos`)
  for (const client of clients) await client.until(() => client.last >= log.length)

  const acked = senders.flatMap(sender => sender.acked)
  const readers = clients.map((client, index) => client.asReader(`client ${index}`, true))
  const repeats = senders.reduce((sum, sender) => sum + sender.repeats, 0)
  console.log(`${rounds} kills: ${log.length} events, ${acked.length} acknowledged, ${repeats} of them the second time`)
  expect(check({ log, acked, readers })).toEqual([])
  expect(clients.flatMap(client => client.refused)).toEqual([])
  expect(acked.length).toBe(log.length)
  await Promise.all(clients.map(client => client.close()))
}

/** Sends a burst of messages, a few in flight at a time, as long as the server runs. */
async function sendBurst(sender: Recorder, round: number): Promise<void> {
  for (let n = sender.pending; n < burst && sender.open; n++) {
    sender.send(`r${round}-${n}`, `message ${n} of round ${round}`)
    await sender.until(() => sender.pending < inFlight)
  }
}
