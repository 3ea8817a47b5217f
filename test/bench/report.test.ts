import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chart } from '../../bench/report/chart.ts'
import { renderReport, showValue, subjectOrder } from '../../bench/report/document.ts'
import { loadResults } from '../../bench/report/load-results.ts'
import { markdownTable } from '../../bench/report/markdown-table.ts'
import { scenarios } from '../../bench/scenarios/scenarios.ts'

const folder = join(import.meta.dirname, '../../bench/results')
const committed = await loadResults(folder)
const read = (file: string) => readFileSync(join(folder, file), 'utf8')

test('the committed report is generated from the committed results', () => {
  expect(read('README.md')).toBe(renderReport(committed))
})

test('the committed charts are generated from the committed results', () => {
  expect([...scenarios.keys()]).toEqual(expect.arrayContaining([...committed.keys()]))
  for (const [name, results] of committed) {
    const scenario = scenarios.get(name)
    expect(read(`charts/${name}.svg`)).toBe(scenario && chart(scenario, results, subjectOrder))
  }
})

test('a scenario without results names the command that measures it', () => {
  const report = renderReport(new Map([...committed].filter(([name]) => name !== 'rooms')))
  expect(report).toContain('Not measured yet: `npm run bench -- --scenario rooms`.')
  expect(report).not.toContain('charts/rooms.svg')
  expect(report).toContain('charts/fanout.svg')
})

test('a target that is missed by less than 0.005 is shown with three digits', () => {
  const show = (value: number, holds: boolean) => showValue({ value, bound: 1, holds })
  expect([show(1.004, false), show(0.9999, true), show(1.32, false)]).toEqual(['1.004', '1.00', '1.32'])
})

test('a table lines up in plain text', () => {
  const table = markdownTable(
    ['', 'n'],
    [
      ['long name', '1,000'],
      ['b', '2'],
    ],
    ['left', 'right'],
  )
  expect(table.split('\n')).toEqual([
    '|           |     n |',
    '| --------- | ----: |',
    '| long name | 1,000 |',
    '| b         |     2 |',
  ])
})
