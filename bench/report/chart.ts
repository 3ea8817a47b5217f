import type { Scenario } from '../scenarios/scenario.ts'
import { cellsOf, type Results, type Spread, spread, valuesOf } from './results.ts'
import { grouped } from './table.ts'

const width = 760
const labels = 130 // for the names, left of the bars
const values = 150 // for the numbers, right of them
const row = 20
const gap = 44 // above each cell, for its title

// Read on a white page as on a dark one; the picture itself asks which it is.
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

/** A scenario as bars, one block for each cell: medians, with a line from the least to the most. */
export function chart(scenario: Scenario, results: Results, order: readonly string[]): string {
  const parts: string[] = []
  let y = 0
  for (const cell of cellsOf(results)) {
    const figure = scenario.chart(cell)
    const bars = order
      .map(name => ({ name, spread: spread(valuesOf(results, cell, name, figure)) }))
      .filter(bar => !Number.isNaN(bar.spread.median))
    const column = scenario.columns.find(one => one.figure === figure)
    const best = column?.better === 'more' ? 'more is better' : 'less is better'
    parts.push(`<text class="title" x="0" y="${y + 26}">${cell}</text>`)
    parts.push(
      `<text class="unit" x="${width}" y="${y + 26}" text-anchor="end">${column?.title ?? figure}, ${best}</text>`,
    )
    y += gap
    const most = Math.max(...bars.map(bar => bar.spread.max), Number.MIN_VALUE)
    for (const bar of bars) {
      parts.push(drawn(bar, most, y, column?.digits ?? 1))
      y += row
    }
  }
  const head = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 8}" viewBox="0 0 ${width} ${y + 8}" role="img">`
  return `${head}\n<title>${scenario.about}</title>\n<style>${style}\n</style>\n${parts.join('\n')}\n</svg>\n`
}

type Bar = { name: string; spread: Spread }

function drawn({ name, spread: { median, min, max } }: Bar, most: number, y: number, digits: number): string {
  const scale = (value: number) => Math.round((Math.max(0, value) / most) * (width - labels - values) * 10) / 10
  const middle = y + row / 2 - 2
  const text = `y="${middle + 4}"`
  return [
    `<text x="${labels - 8}" ${text} text-anchor="end">${name}</text>`,
    `<rect class="${kindOf(name)}" x="${labels}" y="${y}" width="${scale(median)}" height="${row - 5}" rx="2"/>`,
    `<path class="range" d="M${labels + scale(min)} ${middle}H${labels + scale(max)}"/>`,
    `<text x="${labels + scale(max) + 8}" ${text}>${grouped(median, digits)}</text>`,
  ].join('')
}

function kindOf(name: string): string {
  if (name.startsWith('circles')) return 'circles'
  return /^(minimal|partyserver|agents)/.test(name) ? 'object' : 'program'
}
