import type { Column, Scenario } from '../scenarios/scenario.ts'
import { formatNumber } from './format-number.ts'
import { markdownTable } from './markdown-table.ts'
import { type RunResults, ratiosOf, type Spread, spread, subjectsOf, valuesOf, variantsOf } from './results.ts'

// Above this load the generator may be the bottleneck: the figure then reflects it as much as the server.
const busyGenerator = 0.85

/** Renders one table per variant: medians with minimum and maximum, and each subject's ratio to the baseline if it was measured. */
export function tables(scenario: Scenario, results: RunResults, order: readonly string[]): string {
  return variantsOf(results)
    .map(variant => `**${variant}**\n\n${variantTable(scenario, results, variant, order)}`)
    .join('\n\n')
}

function variantTable(scenario: Scenario, results: RunResults, variant: string, order: readonly string[]): string {
  const measured = subjectsOf(results)
  const names = order.filter(name => measured.includes(name))
  const columns = scenario.columns.filter(({ figure }) =>
    names.some(subject => valuesOf(results, { variant, subject, figure }).length > 0),
  )
  const primaryFigure = scenario.primaryFigure(variant)
  const primary = scenario.columns.find(({ figure }) => figure === primaryFigure)
  const comparable = valuesOf(results, { variant, subject: results.baseline, figure: primaryFigure }).length > 0
  const head = [
    '',
    ...columns.map(({ title }) => title),
    ...(comparable ? [`${primary?.title} × ${results.baseline}`] : []),
    'generator',
    'lost, duplicate, out of order',
  ]
  const rows = names
    .filter(name => results.measurements.some(one => one.variant === variant && one.subject === name))
    .map(subject => {
      const key = { variant, subject }
      return [
        subject,
        ...columns.map(one => showSpread(spread(valuesOf(results, { ...key, figure: one.figure })), one)),
        ...(comparable ? [showRatio(spread(ratiosOf(results, { ...key, figure: primaryFigure })))] : []),
        showLoad(spread(valuesOf(results, { ...key, figure: 'generator' })).median),
        showFaults(results, variant, subject),
      ]
    })
  return markdownTable(
    head,
    rows,
    head.map((_, index) => (index === 0 ? 'left' : 'right')),
  )
}

function showSpread({ median, min, max }: Spread, { digits }: Column): string {
  if (Number.isNaN(median)) return '–'
  const range = min === max ? '' : ` (${formatNumber(min, digits)}–${formatNumber(max, digits)})`
  return `${formatNumber(median, digits)}${range}`
}

function showRatio({ median, min, max }: Spread): string {
  if (Number.isNaN(median)) return '–'
  return min === max ? median.toFixed(2) : `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`
}

function showLoad(part: number): string {
  if (Number.isNaN(part)) return '–'
  const percent = `${Math.round(part * 100)} %`
  return part > busyGenerator ? `**${percent}** ⚠` : percent
}

function showFaults(results: RunResults, variant: string, subject: string): string {
  return ['lost', 'duplicates', 'out_of_order']
    .map(figure => valuesOf(results, { variant, subject, figure }).reduce((sum, value) => sum + value, 0))
    .join(', ')
}
