import { ClientGroup, openClients } from '../load/client-group.ts'
import { DeliveryStats } from '../load/delivery-stats.ts'
import { Latencies } from '../load/latencies.ts'
import { measure } from '../load/measurement.ts'
import { RawClient } from '../load/raw-client.ts'
import { waitUntil } from '../load/wait-until.ts'
import { constantRate } from '../load/workload.ts'
import { column, type Scenario, type ScenarioContext, type VariantFigures } from './scenario.ts'

const members = 50 // connected before the storm
const historyMessages = 100 // that each joiner asks for
const perSecond = 20
const joinTimeoutMs = 60_000

/** Measures many clients that join at the same time, while a conversation goes on. */
export const connectStorm: Scenario = {
  name: 'connect-storm',
  title: 'Many clients join at once',
  description: `clients join all at once and read the last ${historyMessages} messages; the ${members} who are there already keep receiving ${perSecond} messages a second`,
  sizes: ({ joiners }) => [joiners],
  supports: ({ persists, protocol }) => persists && protocol !== 'circles-plain',
  columns: [
    column('joined_p50_ms', 'joined p50 ms', 0, 'less'),
    column('joined_ms', 'all joined ms', 0, 'less'),
    column('p50_ms', 'present members: p50 ms', 1, 'less'),
    column('max_ms', 'longest ms', 0, 'less'),
    column('cpu_ms', 'CPU ms', 0, 'less'),
  ],
  primaryFigure: () => 'joined_ms',
  async run({ target, usage, size, profile }: ScenarioContext): Promise<VariantFigures[]> {
    const group = await ClientGroup.open(target, { room: 'storm', count: members })
    const { events } = group.stats
    group.sendMessages(historyMessages)
    await group.waitForDelivery(events, historyMessages)
    // A joiner may receive a message twice: live, and in the history it asks for. So the joiners' duplicates do not count.
    const joiners = Array.from({ length: size }, () => new Joiner(target))
    const latencies = new Latencies()
    let cpuMicros = 0
    let joined: boolean[] = []
    const figures = await measure([group], usage, async () => {
      const sending = constantRate(perSecond).run(group, profile.seconds)
      const begin = performance.now()
      const cpuBefore = usage.cpuMicros()
      const clients = joiners.map(({ client }) => client)
      const joining = joiners.map(async joiner => {
        const inTime = await joiner.waitForHistory()
        latencies.add(performance.now() - begin)
        return inTime
      })
      const targetOf = (index: number) => ({ room: 'storm', user: `joiner${index}`, last: historyMessages })
      await openClients(clients, targetOf, size)
      joined = await Promise.all(joining)
      cpuMicros = usage.cpuMicros() - cpuBefore
      await sending
    })
    const incomplete = () => joiners.filter(({ client }) => client.receiver.lost(0, group.sent - 1) > 0).length
    await waitUntil(() => incomplete() === 0)
    const lost = incomplete() + joined.filter(inTime => !inTime).length
    for (const { client } of joiners) client.reset()
    group.close()
    const { p50_ms, max_ms } = latencies.summary()
    const own = { joined_p50_ms: p50_ms, joined_ms: max_ms, cpu_ms: cpuMicros / 1_000 }
    return [{ variant: `${size} joiners`, figures: { ...figures, ...own, lost: (figures.lost ?? 0) + lost } }]
  },
}

/** A client that counts as joined when it has received the history. */
class Joiner {
  readonly client: RawClient
  readonly #stats = new DeliveryStats()

  constructor(target: ScenarioContext['target']) {
    this.client = new RawClient(target, this.#stats)
    this.client.historyLimit = historyMessages
  }

  waitForHistory(): Promise<boolean> {
    return this.#stats.waitForEvents(historyMessages, joinTimeoutMs)
  }
}
