import { beforeAll, expect, test } from 'vitest'
import { isParseable } from '../../../src/web/text/parse-cost.ts'
import { seeds } from '../../support/random.ts'
import { generatedText, repeatedTexts } from './generated-texts.ts'
import { stepCounter } from './parse-steps.ts'

const maxBytes = 32_768
const maxSteps = 5_400_000 // about 0.2 s on a busy machine

let stepsOf: (text: string) => number
beforeAll(async () => {
  stepsOf = await stepCounter()
})

/** Returns the parser's steps, up to the longest text of this kind that it is given. */
function mostSteps(unit: string, prefix = ''): number {
  let most = 0
  for (let length = maxBytes; length >= 256; length = Math.floor(length * 0.7)) {
    const text = prefix + unit.repeat(Math.ceil(length / unit.length)).slice(0, length - prefix.length)
    if (isParseable(text)) return stepsOf(text)
    most = length
  }
  expect.fail(`not even ${most} characters of ${JSON.stringify(unit)} are parsed`)
}

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
  ['headings that are underlined', 'a\n=\n', ''],
  ['underlined headings in quotes', '> a\n> -\n', ''],
  ['items of a list', '- a\n', ''],
  ['lists between paragraphs', '+ a\n\na\n\n', ''],
  ['lines that leave a list', '- # a\nb\n', ''],
  ['lines that leave a quote', '> # a\nb\n', ''],
  ['lines that leave HTML', '  `a<a b="\n', '> > - 1. <a b="\n'],
  ['definitions', '[a]: b\n', ''],
  ['definitions and what refers to them', '[a]: b\n\n- [a] [a]\n\n', ''],
])('the page parses no text with too many of these: %s', (_, unit, prefix) => {
  expect(mostSteps(unit, prefix)).toBeLessThan(maxSteps)
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
