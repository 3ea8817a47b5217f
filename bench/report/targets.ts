import { scenarios } from '../scenarios/scenarios.ts'
import { type RunResults, ratiosOf, spread, valuesOf, variantsOf } from './results.ts'

/** A performance target: a figure of Circles relative to another subject in the same round, or an absolute bound. */
export type PerformanceTarget = { title: string; value: number; sign: '≤' | '≥'; bound: number; holds: boolean }

/** The results of each scenario, by its name. */
export type ResultsByScenario = ReadonlyMap<string, RunResults>

const circles = 'circles'
const frameworks = ['partyserver+sql', 'agents+sql']
const durableObjects = ['minimal+sql', ...frameworks]

/** Evaluates every target that there are figures for. */
export function evaluateTargets(all: ResultsByScenario): PerformanceTarget[] {
  const targets = [
    ...fanoutTargets(all),
    ...sustainedTargets(all),
    ...streamTargets(all),
    ...otherTargets(all),
    ...documentTargets(all),
    ...frameworkTargets(all),
  ]
  return targets.filter(({ value }) => !Number.isNaN(value))
}

function fanoutTargets(all: ResultsByScenario): PerformanceTarget[] {
  const ratio = ratioIn(all.get('fanout'))
  const oneAtATime = [100, 1_000, 4_500].map(size => `${size} receivers, one at a time`)
  return [
    ...oneAtATime.map(variant =>
      atMost(`${variant}: CPU × minimal+sql`, ratio(variant, 'cpu_us', 'minimal+sql'), 1.05),
    ),
    ...[...oneAtATime, ...[100, 1_000].map(size => `${size} receivers, bursts of 16`)].map(variant =>
      atMost(`${variant}: CPU of circles-custom × circles`, 1 / ratio(variant, 'cpu_us', 'circles-custom'), 1.05),
    ),
    ...oneAtATime
      .slice(0, 2)
      .map(variant => atMost(`${variant}: p99 × minimal+sql`, ratio(variant, 'p99_ms', 'minimal+sql'), 1)),
    ...[100, 1_000].flatMap(size => throughputTargets(ratio, `${size} receivers, bursts of 16`, size)),
  ]
}

function sustainedTargets(all: ResultsByScenario): PerformanceTarget[] {
  const ratio = ratioIn(all.get('sustained'))
  const workloads = [
    '16 in flight, 1 sender',
    '64 in flight, 1 sender',
    '16 in flight, 16 senders',
    '64 in flight, 16 senders',
  ]
  return [100, 1_000].flatMap(size =>
    workloads.flatMap(workload => {
      const variant = `${size} receivers, ${workload}`
      const to = (other: string) => ratio(variant, 'deliveries_per_s', other)
      const best = Math.min(...durableObjects.map(to).filter(value => !Number.isNaN(value)))
      const title = (other: string) => `sustained, ${variant}: deliveries/s × ${other}`
      return [
        atLeast(title('the best Durable Object'), Number.isFinite(best) ? best : Number.NaN, 8),
        atLeast(title('bun+sql'), to('bun+sql'), size === 100 ? 0.85 : 0.6),
      ]
    }),
  )
}

function streamTargets(all: ResultsByScenario): PerformanceTarget[] {
  const ratio = ratioIn(all.get('stream'))
  return [100, 1_000].flatMap(size => throughputTargets(ratio, `${size} receivers`, size, 'stream, '))
}

/** Targets for deliveries a second, where Circles sends fewer and fuller frames. */
function throughputTargets(ratio: Ratio, variant: string, size: number, prefix = ''): PerformanceTarget[] {
  const to = (other: string) => ratio(variant, 'deliveries_per_s', other)
  const ratios = durableObjects.map(to).filter(value => !Number.isNaN(value))
  const title = (other: string) => `${prefix}${variant}: deliveries/s × ${other}`
  return [
    atLeast(title('the best Durable Object'), ratios.length > 0 ? Math.min(...ratios) : Number.NaN, 10),
    atLeast(title('socket.io+sql'), to('socket.io+sql'), 4),
    atLeast(title('bun+sql'), to('bun+sql'), size === 100 ? 1 : 0.4),
  ]
}

function otherTargets(all: ResultsByScenario): PerformanceTarget[] {
  const connectRatio = ratioIn(all.get('connect'))
  const history = all.get('history')
  const longLog = history && variantsOf(history).at(-1)
  return [
    ...[1_000, 5_000, 9_000].map(size =>
      atMost(
        `${size} connections: memory × minimal+sql`,
        connectRatio(`${size} connections`, 'kb_per_connection', 'minimal+sql'),
        1.1,
      ),
    ),
    atMost('9000 idle sockets: wake-ups in 150 s', medianOf(all.get('idle'), -1, 'wakeups'), 1),
    atMost(
      '1000 events to a joiner: time × bun+sql',
      ratioIn(all.get('replay'))('1000 events', 'joined_p50_ms', 'bun+sql'),
      1,
    ),
    ...[0, 1].map(index => {
      const variant = ['that waits', 'that writes'][index] ?? ''
      return atMost(`a stop reaches a program ${variant}: p99 ms`, medianOf(all.get('cancel'), index, 'p99_ms'), 300)
    }),
    atMost('resume: longest delay for members who stayed, ms', medianOf(all.get('resume'), 0, 'max_ms'), 100),
    atMost(`${longLog}: append p99 × short log`, medianOf(history, -1, 'p99_ms') / medianOf(history, 0, 'p99_ms'), 1.2),
    atMost(`${longLog}: waking it, ms`, medianOf(history, -1, 'wake_ms'), 50),
  ]
}

/** Targets for documents: ahead of the other servers of Yjs, and quick to wake. */
function documentTargets(all: ResultsByScenario): PerformanceTarget[] {
  const [typing, wake] = [all.get('documents'), all.get('document-wake')]
  const others = ['y-partyserver', 'hocuspocus']
  const typists = typing === undefined ? '' : (variantsOf(typing)[0] ?? '')
  const large = wake === undefined ? [] : variantsOf(wake)
  return [
    ...others.flatMap(other => [
      atMost(`${typists} in a document: CPU × ${other}`, ratioIn(typing)(typists, 'cpu_us', other), 1),
      atMost(`${typists} in a document: p99 × ${other}`, ratioIn(typing)(typists, 'p99_ms', other), 1),
    ]),
    atMost(`${typists} in a document: rows/s and writer`, medianOf(typing, 0, 'rows'), 1),
    ...large.flatMap((variant, index) => [
      atMost(`waking a document, ${variant}: answer ms`, medianOf(wake, index, 'answer_ms'), index === 0 ? 300 : 1_000),
      ...others.map(other =>
        atMost(`waking a document, ${variant}: answer × ${other}`, ratioIn(wake)(variant, 'answer_ms', other), 1),
      ),
    ]),
  ]
}

/** Targets against the other frameworks for Durable Objects: the primary figure of every other scenario. */
function frameworkTargets(all: ResultsByScenario): PerformanceTarget[] {
  return [...scenarios.values()].flatMap(scenario => {
    const results = all.get(scenario.name)
    if (results === undefined || ['fanout', 'sustained', 'stream'].includes(scenario.name)) return []
    return variantsOf(results).flatMap(variant =>
      frameworks.map(other => {
        const figure = scenario.primaryFigure(variant)
        const column = scenario.columns.find(one => one.figure === figure)
        const title = `${scenario.name}, ${variant}: ${column?.title} × ${other}`
        const value = ratioIn(results)(variant, figure, other)
        return column?.better === 'more' ? atLeast(title, value, 1) : atMost(title, value, 1)
      }),
    )
  })
}

type Ratio = (variant: string, figure: string, other: string) => number

/** Returns a function for the median, over the rounds, of Circles' figure divided by another subject's. */
function ratioIn(results: RunResults | undefined): Ratio {
  return (variant, figure, other) =>
    results === undefined ? Number.NaN : spread(ratiosOf(results, { variant, subject: circles, figure }, other)).median
}

/** Returns the median of Circles' figure in the variant at `index`. */
function medianOf(results: RunResults | undefined, index: number, figure: string): number {
  if (results === undefined) return Number.NaN
  const variant = variantsOf(results).at(index) ?? ''
  return spread(valuesOf(results, { variant, subject: circles, figure })).median
}

function atMost(title: string, value: number, bound: number): PerformanceTarget {
  return { title, value, bound, holds: value <= bound, sign: '≤' }
}

function atLeast(title: string, value: number, bound: number): PerformanceTarget {
  return { title, value, bound, holds: value >= bound, sign: '≥' }
}
