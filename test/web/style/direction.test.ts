import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../../src/web')
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(path => /\.(css|tsx?)$/.test(path))

// Properties and values that name a side of the screen. From right to left, what begins a line is on the other one.
const physical = [
  /(?<![-\w])(margin|padding|border|scroll-margin|scroll-padding)-(left|right)\b/,
  /(?<![-\w])border-(top|bottom)-(left|right)-radius\b/,
  /^\s*(left|right)\s*:\s*['"]?(-?[\d.]|auto|calc|env)/,
  /\b(text-align|float|clear|textAlign)\s*:\s*'?(left|right)\b/,
  /\b(margin|padding|border)(Left|Right)(Color|Width|Style)?\s*:/,
  /^\s*(margin|padding|inset|border-width|border-style)\s*:\s*[\w.%-]+ ([\w.%-]+) [\w.%-]+ (?!\2;)[\w.%-]+;/, // right is not left
  /\btranslate(X)?[:(]\s*-?\d+(?!ms|s)/,
]

/** Returns the lines of a style sheet, or of a source with styles, that name a side of the screen. */
const sidesIn = (text: string): string[] =>
  text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .filter(line => physical.some(pattern => pattern.test(line)))
    .map(line => line.trim())

test('styles name the beginning and the end of a line, not the left and the right', () => {
  const found = files.flatMap(path => sidesIn(readFileSync(join(root, path), 'utf8')).map(line => `${path}: ${line}`))
  expect(files.filter(path => path.endsWith('.css')).length).toBeGreaterThan(8)
  expect(found).toEqual([])
})

test.each([
  ['  margin-left: 4px;', true],
  ['  padding: 1px 2px 3px 4px;', true],
  ['  padding: 1px 2px 3px 2px;', false],
  ['  left: 0;', true],
  ['  border-top-left-radius: 4px;', true],
  ['  text-align: right;', true],
  ['  translate: -50%;', true],
  ["  { textAlign: 'left' }", true],
  ["  '.cm-cursor': { borderLeftColor: 'red' },", true],
  ['  inset-inline-start: 0;', false],
  ['  margin-inline: 4px 2px;', false],
  ['  transition: translate 120ms;', false],
])('the search finds a side in %s: %s', (line, isFound) => {
  expect(sidesIn(line)).toEqual(isFound ? [line.trim()] : [])
})
