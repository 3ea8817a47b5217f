import type { Column, Scenario } from '../scenarios/scenario.ts'
import { cellsOf, contestantsOf, type Results, ratiosOf, type Spread, spread, valuesOf } from './results.ts'

// Above this the generator may have been what was slow: the figure then says as much about it as about the server.
const busy = 0.85

/** One table for each cell: medians with the least and the most, and how each compares with the baseline. */
export function tables(scenario: Scenario, results: Results, order: readonly string[]): string {
  return cellsOf(results)
    .map(cell => `**${cell}**\n\n${table(scenario, results, cell, order)}`)
    .join('\n\n')
}

function table(scenario: Scenario, results: Results, cell: string, order: readonly string[]): string {
  const names = order.filter(name => contestantsOf(results).includes(name))
  const shown = scenario.columns.filter(({ figure }) =>
    names.some(name => valuesOf(results, cell, name, figure).length > 0),
  )
  const compared = scenario.columns.find(({ figure }) => figure === scenario.chart(cell))
  const head = [
    '',
    ...shown.map(({ title }) => title),
    `${compared?.title} × ${results.baseline}`,
    'generator',
    'lost, twice, out of order',
  ]
  const rows = names
    .filter(name => results.measured.some(one => one.cell === cell && one.contestant === name))
    .map(name => [
      name,
      ...shown.map(column => show(spread(valuesOf(results, cell, name, column.figure)), column)),
      showRatio(spread(ratiosOf(results, cell, name, scenario.chart(cell)))),
      load(spread(valuesOf(results, cell, name, 'generator')).median),
      faults(results, cell, name),
    ])
  return [head, head.map((_, index) => (index === 0 ? '---' : '---:')), ...rows]
    .map(row => `| ${row.join(' | ')} |`)
    .join('\n')
}

function show({ median, min, max }: Spread, { digits }: Column): string {
  if (Number.isNaN(median)) return '–'
  const range = min === max ? '' : ` (${grouped(min, digits)}–${grouped(max, digits)})`
  return `${grouped(median, digits)}${range}`
}

function showRatio({ median, min, max }: Spread): string {
  if (Number.isNaN(median)) return '–'
  return min === max ? median.toFixed(2) : `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`
}

function load(part: number): string {
  if (Number.isNaN(part)) return '–'
  const percent = `${Math.round(part * 100)} %`
  return part > busy ? `**${percent}** ⚠` : percent
}

function faults(results: Results, cell: string, name: string): string {
  return ['lost', 'duplicates', 'disorder']
    .map(figure => valuesOf(results, cell, name, figure).reduce((sum, value) => sum + value, 0))
    .join(', ')
}

/** A number with commas between thousands. */
export function grouped(value: number, digits: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
