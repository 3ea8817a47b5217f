import { scenarios } from '../scenarios/scenarios.ts'
import { cellsOf, type Results, ratiosOf, spread, valuesOf } from './results.ts'

/** What we want to hold: a figure of Circles against another's in the same round, or against a bound of its own. */
export type Target = { what: string; value: number; sign: string; bound: number; holds: boolean }

type All = ReadonlyMap<string, Results>

const own = 'circles'
const frameworks = ['partyserver+sql', 'agents+sql']
const objects = ['minimal+sql', ...frameworks]

/** Every target for which there are figures. */
export function targets(all: All): Target[] {
  return [...fanout(all), ...stream(all), ...others(all), ...ahead(all)].filter(({ value }) => !Number.isNaN(value))
}

function fanout(all: All): Target[] {
  const compare = comparing(all.get('fanout'))
  const singly = [100, 1_000, 4_500].map(size => `${size} receivers, one at a time`)
  return [
    ...singly.map(cell => atMost(`${cell}: CPU × minimal+sql`, compare(cell, 'cpu_us', 'minimal+sql'), 1.05)),
    ...singly.slice(0, 2).map(cell => atMost(`${cell}: p99 × minimal+sql`, compare(cell, 'p99_ms', 'minimal+sql'), 1)),
    ...[100, 1_000].flatMap(size => fast(compare, `${size} receivers, bursts of 16`, size)),
  ]
}

function stream(all: All): Target[] {
  const compare = comparing(all.get('stream'))
  return [100, 1_000].flatMap(size => fast(compare, `${size} receivers`, size, 'stream, '))
}

/** Deliveries a second of those who send fewer, fuller frames. */
function fast(compare: Compare, cell: string, size: number, prefix = ''): Target[] {
  const than = (other: string) => compare(cell, 'deliveries_per_s', other)
  const best = Math.min(...objects.map(than).filter(value => !Number.isNaN(value)), Number.POSITIVE_INFINITY)
  const what = (other: string) => `${prefix}${cell}: deliveries/s × ${other}`
  return [
    atLeast(what('the best Durable Object'), Number.isFinite(best) ? best : Number.NaN, 10),
    atLeast(what('socket.io+sql'), than('socket.io+sql'), 4),
    atLeast(what('bun+sql'), than('bun+sql'), size === 100 ? 1 : 0.4),
  ]
}

function others(all: All): Target[] {
  const connect = comparing(all.get('connect'))
  const history = all.get('history')
  const long = history && cellsOf(history).at(-1)
  const appending = history && long ? within(history, cellsOf(history)[0] ?? '', long, 'p99_ms') : Number.NaN
  return [
    ...[1_000, 5_000, 9_000].map(size =>
      atMost(
        `${size} connections: memory × minimal+sql`,
        connect(`${size} connections`, 'kb_per_connection', 'minimal+sql'),
        1.1,
      ),
    ),
    atMost('9000 idle sockets: times woken in 150 s', medianOf(all.get('idle'), -1, 'wakes'), 1),
    atMost(
      '1000 events to a joiner: time × bun+sql',
      comparing(all.get('replay'))('1000 events', 'joined_p50_ms', 'bun+sql'),
      1,
    ),
    atMost('resume: longest pause of those who stayed, ms', medianOf(all.get('resume'), 0, 'max_ms'), 100),
    atMost(`${long}: append p99 × short log`, appending, 1.2),
    atMost(`${long}: waking it, ms`, medianOf(history, -1, 'wake_ms'), 50),
  ]
}

/** Ahead of the other frameworks for Durable Objects, in whatever a scenario compares. */
function ahead(all: All): Target[] {
  return [...all.values()].flatMap(results => {
    const scenario = scenarios.get(results.scenario)
    if (scenario === undefined || ['fanout', 'stream'].includes(scenario.name)) return []
    return cellsOf(results).flatMap(cell =>
      frameworks.map(other => {
        const column = scenario.columns.find(({ figure }) => figure === scenario.chart(cell))
        const what = `${scenario.name}, ${cell}: ${column?.title} × ${other}`
        const value = comparing(results)(cell, scenario.chart(cell), other)
        return column?.better === 'more' ? atLeast(what, value, 1) : atMost(what, value, 1)
      }),
    )
  })
}

type Compare = (cell: string, figure: string, other: string) => number

/** The median, over the rounds, of Circles' figure divided by another's. */
function comparing(results: Results | undefined): Compare {
  return (cell, figure, other) =>
    results === undefined ? Number.NaN : spread(ratiosOf(results, cell, own, figure, other)).median
}

/** Circles' figure of one cell divided by that of another. */
function within(results: Results, base: string, cell: string, figure: string): number {
  const median = (of: string) => spread(valuesOf(results, of, own, figure)).median
  return median(cell) / median(base)
}

function medianOf(results: Results | undefined, cell: number, figure: string): number {
  if (results === undefined) return Number.NaN
  return spread(valuesOf(results, cellsOf(results).at(cell) ?? '', own, figure)).median
}

const atMost = (what: string, value: number, bound: number) => ({
  what,
  value,
  bound,
  holds: value <= bound,
  sign: '≤',
})
const atLeast = (what: string, value: number, bound: number) => ({
  what,
  value,
  bound,
  holds: value >= bound,
  sign: '≥',
})
