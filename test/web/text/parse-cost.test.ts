import { beforeAll, expect, test } from 'vitest'
import { isParseable } from '../../../src/web/text/parse-cost.ts'
import { seeds } from '../../support/random.ts'
import { generatedText, repeatedTexts } from './generated-texts.ts'
import { stepCounter } from './parse-steps.ts'

const maxBytes = 32_768
const maxSteps = 6_000_000 // about 0.24 s on a busy machine

let stepsOf: (text: string) => number
beforeAll(async () => {
  stepsOf = await stepCounter()
})

/** Returns the parser's steps for the longest text of this kind that it is given. `make` returns one of a length. */
function mostSteps(make: (length: number) => string): number {
  let [longest, tooLong] = [0, maxBytes + 1]
  while (tooLong - longest > 1) {
    const length = Math.floor((longest + tooLong) / 2)
    if (isParseable(make(length))) longest = length
    else tooLong = length
  }
  expect(longest).toBeGreaterThan(255)
  return stepsOf(make(longest))
}

const repeated =
  (unit: string, prefix = '') =>
  (length: number): string =>
    prefix + unit.repeat(Math.ceil(length / unit.length)).slice(0, Math.max(0, length - prefix.length))

test('the counter counts what the parser does, the same each time', () => {
  const text = 'a [b](c) *d*\n\n'
  expect(stepsOf(text.repeat(20))).toBe(stepsOf(text.repeat(20)))
  expect(stepsOf(text.repeat(20))).toBeGreaterThan(stepsOf(text.repeat(10)) * 1.8)
})

// Each makes the parser look at all that it has found so far, again and again.
test.each([
  ['words after an open bracket', 'a ', '['],
  ['words after an open image', 'a ', '!['],
  ['tags after an open bracket', '<a b="c" ', 'a[\n'],
  ['emphasis after a bracket within code', '*a* ', '`[` ['],
  ['words after a bracket whose end is code', 'a ', '[ `]` '],
  ['addresses that begin anew', '_www.', ''],
  ['dashes after open brackets', '-\t', `[^a]: ${'['.repeat(16_000)}`],
  ['code whose first backtick is escaped', '\\```', ''],
  ['code whose first backtick is escaped, on lines', '\\```\na ', '`` '],
  ['headings that are underlined', 'a\n=\n', ''],
  ['underlined headings in quotes', '> a\n> -\n', ''],
  ['items of a list', '- a\n', ''],
  ['lists between paragraphs', '+ a\n\na\n\n', ''],
  ['lines that leave a list', '- # a\nb\n', ''],
  ['lines that leave a quote', '> # a\nb\n', ''],
  ['lines that leave HTML', '  `a<a b="\n', '> > - 1. <a b="\n'],
  ['definitions', '[a]: b\n', ''],
  ['definitions and what refers to them', '[a]: b\n\n- [a] [a]\n\n', ''],
  ['titles of links that stay open', '[a](b (', ''],
  ['instructions over many lines', '😀<?)\n\t-', ''],
  ['comments over many lines', 'www.<!--~\n\t', ''],
  ['comments within a line', 'é<!--|&', ''],
  ['CDATA within a line', 'é <![CDATA[<.:', ''],
  ['instructions within a line', 'a <?b', ''],
  ['declarations within a line', 'a <!B c', ''],
  ['tags within a line', 'a <b c="', ''],
  ['quotes', '> `\n\n', ''],
  ['quotes between paragraphs', 'a\n> `\n\n', ''],
])('the page parses no text with too many of these: %s', (_, unit, prefix) => {
  expect(mostSteps(repeated(unit, prefix))).toBeLessThan(maxSteps)
})

// Marks that could close emphasis look back for what opened it, past all that did not.
test.each([
  ['**a ***a ', ' b***'],
  ['*a **a ', ' b***'],
  ['__a _a ', ' b___'],
  ['`x **y` ', ' b**'],
  ['<x **y> ', ' b**'],
  ['\\**a ', ' b**'],
  ['https://a.b/**c ', ' b**'],
  ['~a *a ', ' b~~'],
])('the page parses no text with too many %j that no %j can close', (opening, closing) => {
  const halves = (length: number) => repeated(opening)(length / 2) + repeated(closing)(length / 2)
  expect(mostSteps(halves)).toBeLessThan(maxSteps)
})

test.each(seeds(12))('no text that is parsed takes too long (seed %i)', seed => {
  const text = generatedText(seed, maxBytes)
  expect(isParseable(text) ? stepsOf(text) : 0, text.slice(0, 60)).toBeLessThan(maxSteps)
})

const isLongForm = process.env['CIRCLES_RUNS'] !== undefined
if (isLongForm)
  test('no construct that is repeated takes too long', () => {
    for (const text of repeatedTexts(maxBytes).filter(isParseable)) {
      expect(stepsOf(text), text.slice(0, 60)).toBeLessThan(maxSteps)
    }
  })
