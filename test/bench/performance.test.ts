import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { capacityTable } from '../../bench/report/capacity.ts'
import { formatNumber } from '../../bench/report/format-number.ts'
import { loadResults } from '../../bench/report/load-results.ts'
import { type FigureKey, type RunResults, ratiosOf, spread, valuesOf, variantsOf } from '../../bench/report/results.ts'
import {
  documentsTable,
  relayMemberTable,
  relayOriginTable,
  sustainedTable,
} from '../../bench/report/summary-tables.ts'
import { evaluateTargets } from '../../bench/report/targets.ts'

const root = join(import.meta.dirname, '../..')
const committed = await loadResults(join(root, 'bench/results'))

const collapse = (text: string) => text.replace(/-{3,}/g, '---').replace(/\s+/g, ' ')
const page = collapse(readFileSync(join(root, 'docs/performance.md'), 'utf8')).replaceAll('**', '')
const quoted = page.slice(page.indexOf('## Six figures'))

function resultsOf(scenario: string): RunResults {
  const results = committed.get(scenario)
  if (results === undefined) throw new Error(`expected results of the scenario ${scenario}`)
  return results
}

/** A figure of one scenario: its median over the rounds, and its median ratio to another subject's. */
function figure(scenario: string, variant: string, name: string, subject = 'circles') {
  const key: FigureKey = { variant, subject, figure: name }
  return {
    median: (digits: number) => formatNumber(spread(valuesOf(resultsOf(scenario), key)).median, digits),
    ratio: (other: string, digits = 2) => spread(ratiosOf(resultsOf(scenario), key, other)).median.toFixed(digits),
  }
}

/** The smallest and the largest of some ratios. */
function range(ratios: string[]): [string, string] {
  const sorted = ratios.toSorted((a, b) => Number(a) - Number(b))
  return [sorted.at(0) ?? '', sorted.at(-1) ?? '']
}

const frameworks = ['partyserver+sql', 'agents+sql']

const burst = figure('fanout', '1000 receivers, bursts of 16', 'deliveries_per_s')
const cpuAt = (receivers: number, subject = 'circles') =>
  figure('fanout', `${receivers} receivers, one at a time`, 'cpu_us', subject)
const p99 = figure('fanout', '1000 receivers, one at a time', 'p99_ms')
const deepBurst = (receivers: number) => figure('fanout', `${receivers} receivers, bursts of 256`, 'deliveries_per_s')
const deltas = figure('stream', '1000 receivers', 'deliveries_per_s')
const storm = figure('connect-storm', '500 joiners', 'joined_ms')
const memoryAt = (connections: number) => figure('connect', `${connections} connections`, 'kb_per_connection')
const idle = (name: string) => figure('idle', '9000 connections', name)
const longLog = 'log of 1000000 events'
const append = figure('history', longLog, 'p99_ms')
const shortAppend = figure('history', 'log of 100 events', 'p99_ms')
const echo = (variant: string) => figure('echo', variant, 'cpu_us')
const joined = figure('replay', '1000 events', 'joined_p50_ms')
const delay = (name: string, subject?: string) => figure('resume', '500 of 550 reconnect', name, subject)

const roomRatios = variantsOf(resultsOf('rooms')).flatMap(variant =>
  frameworks.map(other => figure('rooms', variant, 'messages_per_s').ratio(other)),
)
const replayRatios = variantsOf(resultsOf('replay')).flatMap(variant =>
  frameworks.map(other => figure('replay', variant, 'joined_p50_ms').ratio(other)),
)
const [fewestMessages, mostMessages] = range(roomRatios)
const [fastestJoin, slowestJoin] = range([...replayRatios, ...frameworks.map(other => storm.ratio(other))])
const memoryRatios = [1_000, 5_000, 9_000].map(size => memoryAt(size).ratio('minimal+sql'))
const [leastMemory, mostMemory] = range(memoryRatios)
const percentMore = (ratio: string | undefined) => Math.round((Number(ratio) - 1) * 100)

const targets = evaluateTargets(committed)
const missed = targets.filter(({ holds }) => !holds)
const bestAt = (size: number) =>
  targets.find(
    one =>
      one.title === `sustained, ${size} receivers, 16 in flight, 16 senders: deliveries/s × the best Durable Object`,
  )
const boundOf = (title: string) => targets.find(one => one.title === title)?.bound

const { machine, date } = resultsOf('fanout')
const setUp = `(${machine.processor}, ${machine.cores} cores, ${date.slice(0, 10)}, no network in between)`

/** The passages that hold a measured number, with the number from the committed results. */
const passages = [
  `one room of 1,000, 16 messages in flight | ${burst.median(0)} deliveries/s | ${burst.ratio('minimal+sql')} × \`minimal+sql\`, ${burst.ratio('socket.io+sql')} × \`socket.io+sql\`, ${burst.ratio('bun+sql')} × \`bun+sql\``,
  `one room of 1,000, one message at a time | ${cpuAt(1_000).median(2)} µs of CPU per delivery, p99 ${p99.median(0)} ms | CPU ${cpuAt(1_000).ratio('minimal+sql')} ×, p99 ${p99.ratio('minimal+sql')} × \`minimal+sql\``,
  `an agent's reply, streamed to 1,000 | ${deltas.median(0)} deltas/s | ${deltas.ratio('minimal+sql')} × \`minimal+sql\`, ${deltas.ratio('socket.io+sql')} × \`socket.io+sql\`, ${deltas.ratio('bun+sql')} × \`bun+sql\``,
  `500 clients join at once, with the last 100 messages | all joined after ${storm.median(0)} ms | ${storm.ratio('minimal+sql')} × \`minimal+sql\`, ${storm.ratio('partyserver+sql')} × \`partyserver+sql\`, ${storm.ratio('agents+sql')} × \`agents+sql\``,
  `9,000 idle connections | ${memoryAt(9_000).median(1)} KB each; ${idle('wakeups').median(0)} wake-up in 150 s, ${idle('rows').median(0)} rows written | memory ${memoryRatios[2]} × \`minimal+sql\``,
  `a log of 1,000,000 events | wakes in ${figure('history', longLog, 'wake_ms').median(1)} ms, appends with a p99 of ${append.median(2)} ms | p99 ${(Number(append.median(9)) / Number(shortAppend.median(9))).toFixed(2)} × a log of 100 events`,
  `with 256, Circles makes ${deepBurst(100).median(0)} deliveries/s to 100 receivers and ${deepBurst(1_000).median(0)} to 1,000, which is ${deepBurst(100).ratio('bun+sql', 1)} and ${deepBurst(1_000).ratio('bun+sql', 1)} times`,
  `Of ${targets.length} [targets](../bench/results/README.md#targets), ${targets.length - missed.length} hold and ${missed.length} do not.`,
  `4,500 receivers, one message at a time: ${cpuAt(4_500).ratio('minimal+sql')} × the CPU of \`minimal+sql\`; the target is ${boundOf('4500 receivers, one at a time: CPU × minimal+sql')}.`,
  `A socket of Circles takes ${percentMore(memoryRatios[1])} to ${percentMore(memoryRatios[2])} % more memory`,
  `At 100 and 1,000 receivers a message costs ${cpuAt(100).ratio('minimal+sql')} and ${cpuAt(1_000).ratio('minimal+sql')} × as much`,
  `more than the 5 % in question: \`minimal+sql+long\`, which only sends longer frames, takes ${cpuAt(4_500, 'minimal+sql+long').ratio('minimal+sql')} × the CPU of \`minimal+sql\``,
  `A member alone costs ${echo('one at a time').ratio('partyserver+sql')} × the CPU of \`partyserver+sql\`, and rooms of five carry ${fewestMessages} to ${mostMessages} × the messages/s`,
  `with 16, a member alone costs ${echo('bursts of 16').ratio('partyserver+sql')} × the CPU of \`partyserver+sql\``,
  `Joining takes ${fastestJoin} to ${slowestJoin} × as long`,
  `A joiner has 1,000 events after ${joined.ratio('bun+sql')} × the time that Bun needs`,
  `\`minimal+sql\` takes ${figure('replay', '1000 events', 'joined_p50_ms', 'minimal+sql').ratio('bun+sql', 1)} × as long`,
  `While 500 clients reconnect, the slowest message to the others takes ${delay('max_ms').median(0)} ms; the target is ${boundOf('resume: longest delay for members who stayed, ms')} ms.`,
  `in a minimal object as well (${delay('max_ms', 'minimal+sql').median(0)} ms). The median message during that time arrives sooner than there (${delay('p50_ms').median(1)} and ${delay('p50_ms', 'minimal+sql').median(1)} ms)`,
  `An idle connection takes ${leastMemory} to ${mostMemory} × the memory of \`minimal+sql\`; the target is ${boundOf('9000 connections: memory × minimal+sql')}. At 1,000 connections`,
  collapse(capacityTable(resultsOf('fanout'))),
  `(five rounds, ${resultsOf('sustained').date.slice(0, 10)}; the load average was ${resultsOf('sustained').machine.load?.toFixed(1)}, so`,
  `With 16 in flight of 16 senders it is ${bestAt(100)?.value.toFixed(2)} and ${bestAt(1_000)?.value.toFixed(2)} × the best Durable Object; the target is ${bestAt(100)?.bound}.`,
  '([decision 185](decisions/0185-groups-that-grow.md)) and holds 8 to 12 of the 16',
  'with 64 in flight the target holds',
  collapse(sustainedTable(resultsOf('sustained'))),
]

/** Passages with numbers from profiles, which the results do not hold: `perf`, and decision 75. */
const profiled = [
  "the kernel 32 and 34 %, the runtime's objects and promises 42 and 45 %, JavaScript and its heap 19 and 14 %",
  'verified (0.2 ms) and checked for revocation once (0.27 ms); the runtime itself takes 0.5 ms for an upgrade',
  'longer than 0.1 s to notice 500 lost connections',
  'grows by 3 KB per connection',
]

test('docs/performance.md quotes the committed results', () => {
  expect([setUp, ...passages, ...profiled].filter(passage => !page.includes(passage))).toEqual([])
})

test('docs/performance.md quotes no number that this test does not check', () => {
  let rest = quoted
  for (const passage of [...passages, ...profiled]) rest = rest.replaceAll(passage, '')
  const unchecked = rest
    .replace(/\[[^\]]*\]\([^)]*\)/g, '') // links
    .replace(/ \d\. (?=[A-Z])/g, ' ') // the numbers of a list
    .match(/\S* ?\S*\d\S*/g)
  expect(unchecked).toBe(null)
})

test('docs/performance.md is one page', () => {
  expect(readFileSync(join(root, 'docs/performance.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(110)
})

test('docs/scale.md quotes the committed results', () => {
  const page = collapse(readFileSync(join(root, 'docs/scale.md'), 'utf8'))
  const tables = [relayOriginTable(resultsOf('relay-origin')), relayMemberTable(resultsOf('relay-member'))]
  expect(tables.filter(table => !page.includes(collapse(table)))).toEqual([])
})

test('docs/documents.md quotes the committed results', () => {
  const page = collapse(readFileSync(join(root, 'docs/documents.md'), 'utf8'))
  expect(page).toContain(collapse(documentsTable(resultsOf('documents'), resultsOf('document-wake'))))
  const cpu = figure('documents', '50 typing', 'cpu_us')
  expect(page).toContain(
    `Circles took ${cpu.ratio('hocuspocus')} × the CPU of Hocuspocus and ${cpu.ratio('y-partyserver')} × that of y-partyserver`,
  )
})
