import { setTimeout as pause } from 'node:timers/promises'
import { ClientGroup, openClients } from '../load/client-group.ts'
import { Latencies } from '../load/latencies.ts'
import { measure } from '../load/measurement.ts'
import type { RawClient } from '../load/raw-client.ts'
import { waitUntil } from '../load/wait-until.ts'
import { constantRate } from '../load/workload.ts'
import { readWelcome } from './read-welcome.ts'
import { column, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const stayingMembers = 50
const perSecond = 20
const offlineMs = 300

/** Measures a network failure that cuts off most of a room, which then reconnects at once. */
export const resume: Scenario = {
  name: 'resume',
  title: 'A network failure and the reconnects',
  description: `most sockets are cut and reconnect ${offlineMs} ms later, all at once, for what they missed; ${stayingMembers} stay connected and receive ${perSecond} messages a second`,
  sizes: ({ joiners }) => [joiners],
  supports: ({ persists, protocol }) => persists && protocol !== 'circles-plain',
  columns: [
    column('reconnected_p50_ms', 'reconnected p50 ms', 0, 'less'),
    column('reconnected_ms', 'all reconnected ms', 0, 'less'),
    column('p50_ms', 'staying members: p50 ms', 1, 'less'),
    column('max_ms', 'longest ms', 0, 'less'),
    column('cpu_ms', 'CPU ms', 0, 'less'),
  ],
  primaryFigure: () => 'max_ms',
  async run({ target, usage, size, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const staying = await ClientGroup.open(target, { room: 'resume', count: stayingMembers })
    const cut = new ClientGroup(target, { room: 'resume', count: size })
    const { epoch } = target.protocol === 'circles' ? readWelcome(staying) : { epoch: '' }
    const seqs = trackSeqs(cut.clients)
    await openClients(cut.clients, index => ({ room: 'resume', user: `cut${index}` }))
    const latencies = new Latencies()
    let cpuMicros = 0
    const figures = await measure([staying], usage, async () => {
      const sending = constantRate(perSecond).run(staying, profile.seconds + 0.5)
      await pause(profile.seconds * 250)
      for (const client of cut.clients) {
        client.reset()
        client.onPayload = null // the seq to resume from is known
      }
      await pause(offlineMs)
      const cpuBefore = usage.cpuMicros()
      const begin = performance.now()
      const since = (index: number) => (epoch === '' ? {} : { since: { seq: seqs[index] ?? 0, epoch } })
      const reconnect = async (client: RawClient, index: number) => {
        await client.open({ room: 'resume', user: `cut${index}`, last: 100, ...since(index) })
        latencies.add(performance.now() - begin)
      }
      await Promise.all(cut.clients.map(reconnect))
      cpuMicros = usage.cpuMicros() - cpuBefore
      await sending
    })
    const countMissing = () => cut.clients.reduce((sum, { receiver }) => sum + receiver.lost(0, staying.sent - 1), 0)
    await waitUntil(() => countMissing() === 0)
    const missing = countMissing()
    staying.close()
    cut.close()
    const { p50_ms, max_ms } = latencies.summary()
    const own = { reconnected_p50_ms: p50_ms, reconnected_ms: max_ms, cpu_ms: cpuMicros / 1_000 }
    const faults = {
      lost: (figures.lost ?? 0) + missing,
      duplicates: (figures.duplicates ?? 0) + cut.stats.duplicates,
      out_of_order: (figures.out_of_order ?? 0) + cut.stats.outOfOrder,
    }
    const variant = `${size} of ${size + stayingMembers} reconnect`
    return [{ variant, figures: { ...figures, ...own, ...faults } }]
  },
}

/** Tracks the seq of the last event that each client received, where frames carry one. */
function trackSeqs(clients: readonly RawClient[]): number[] {
  const seqs: number[] = []
  for (const [index, client] of clients.entries()) {
    client.onPayload = text => {
      const last = text.lastIndexOf('"seq":')
      const seq = /\d+/.exec(last === -1 ? (text.split('"head":')[1] ?? '') : text.slice(last))?.[0]
      if (seq !== undefined) seqs[index] = Number(seq)
    }
  }
  return seqs
}
