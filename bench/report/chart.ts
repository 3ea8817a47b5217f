import type { Scenario } from '../scenarios/scenario.ts'
import { formatNumber } from './format-number.ts'
import { type RunResults, type Spread, spread, valuesOf, variantsOf } from './results.ts'

const width = 760
const labelWidth = 130 // for the subjects, left of the bars
const valueWidth = 150 // for the numbers, right of the bars
const rowHeight = 20
const titleHeight = 44 // above each variant

// Readable on a white page and on a dark one: the picture itself asks for the viewer's color scheme.
const style = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 } .unit { fill: #59636e }
  .circles { fill: #8250df } .object { fill: #6e9fd6 } .program { fill: #a3aab3 }
  .range { stroke: #1f2328; stroke-opacity: .55; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .unit { fill: #9198a1 }
    .circles { fill: #a371f7 } .object { fill: #3f73b0 } .program { fill: #656c76 }
    .range { stroke: #e6edf3 }
  }`

/** Draws a scenario as bars, one block per variant: medians, with a line from the minimum to the maximum. */
export function chart(scenario: Scenario, results: RunResults, order: readonly string[]): string {
  const parts: string[] = []
  let y = 0
  for (const variant of variantsOf(results)) {
    const figure = scenario.primaryFigure(variant)
    const bars = order
      .map(subject => ({ subject, spread: spread(valuesOf(results, { variant, subject, figure })) }))
      .filter(bar => !Number.isNaN(bar.spread.median))
    const column = scenario.columns.find(one => one.figure === figure)
    const direction = column?.better === 'more' ? 'more is better' : 'less is better'
    parts.push(`<text class="title" x="0" y="${y + 26}">${variant}</text>`)
    parts.push(
      `<text class="unit" x="${width}" y="${y + 26}" text-anchor="end">${column?.title ?? figure}, ${direction}</text>`,
    )
    y += titleHeight
    const maximum = Math.max(...bars.map(bar => bar.spread.max), Number.MIN_VALUE)
    for (const bar of bars) {
      parts.push(drawBar(bar, maximum, y, column?.digits ?? 1))
      y += rowHeight
    }
  }
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 8}" viewBox="0 0 ${width} ${y + 8}" role="img">`
  return `${head}\n<title>${scenario.description}</title>\n<style>${style}\n</style>\n${parts.join('\n')}\n</svg>\n`
}

type Bar = { subject: string; spread: Spread }

function drawBar({ subject, spread: { median, min, max } }: Bar, maximum: number, y: number, digits: number): string {
  const barWidth = width - labelWidth - valueWidth
  const scale = (value: number) => Math.round((Math.max(0, value) / maximum) * barWidth * 10) / 10
  const middle = y + rowHeight / 2 - 2
  const text = `y="${middle + 4}"`
  return [
    `<text x="${labelWidth - 8}" ${text} text-anchor="end">${subject}</text>`,
    `<rect class="${kindOf(subject)}" x="${labelWidth}" y="${y}" width="${scale(median)}" height="${rowHeight - 5}" rx="2"/>`,
    `<path class="range" d="M${labelWidth + scale(min)} ${middle}H${labelWidth + scale(max)}"/>`,
    `<text x="${labelWidth + scale(max) + 8}" ${text}>${formatNumber(median, digits)}</text>`,
  ].join('')
}

function kindOf(subject: string): string {
  if (subject.startsWith('circles')) return 'circles'
  return /^(minimal|partyserver|agents)/.test(subject) ? 'object' : 'program'
}
