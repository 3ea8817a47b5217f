import { expect, test } from 'vitest'
import { ReasoningFilter, withoutThoughts } from '../../../src/agents/kit/reasoning-filter.ts'
import { randomChoices, seeds } from '../../support/random.ts'

/** Filters text that comes in these pieces; `holds`: the whole text is held back until it is over. */
function filter(pieces: string[], holds = false) {
  const reader = new ReasoningFilter({ holds })
  const shown = [...pieces.flatMap(piece => reader.push(piece)), ...reader.end()]
  return { text: shown.join(''), hasLeaked: reader.hasLeaked }
}

const cases: [input: string, expected: string][] = [
  ['Hello.', 'Hello.'],
  ['<think>She is rude.</think>\n\nHello.', 'Hello.'],
  ['<thinking>rude</thinking>Hello.', 'Hello.'],
  ['<THINK>rude</Think> Hello.', 'Hello.'],
  ['<antThinking>rude</antThinking>Hello.', 'Hello.'],
  ['<think type="x">rude</think >Hello.', 'Hello.'],
  ['<reasoning>\nrude\n</reasoning>\nHello.', 'Hello.'],
  ['<thought>rude</thought>Hello.', 'Hello.'],
  ['[THINK]rude[/THINK]Hello.', 'Hello.'],
  ['◁think▷rude◁/think▷Hello.', 'Hello.'],
  ['<|begin_of_thought|>rude<|end_of_thought|>Hello.', 'Hello.'],
  ['<seed:think>rude</seed:think>Hello.', 'Hello.'],
  ['<mm:think>rude</mm:think>Hello.', 'Hello.'],
  ['<longcat_think>rude</longcat_think>Hello.', 'Hello.'],
  ['<inner_monologue>rude</inner_monologue>Hello.', 'Hello.'],
  ['<|START_THINKING|>rude<|END_THINKING|><|START_RESPONSE|>Hello.<|END_RESPONSE|>', 'Hello.'],
  ['<|channel>thought\nrude<channel|>Hello.', 'Hello.'],
  ['<unused94>thought\nrude<unused95>Hello.', 'Hello.'],
  ['Write `<|channel>` or `<unused94>` first.', 'Write `<|channel>` or `<unused94>` first.'],
  ['<think></think>Hello.', 'Hello.'],
  ['<think/>Hello.', 'Hello.'],
  ['<think>rude `code\n``` <b> "</think>Hello.', 'Hello.'],
  ['<think>I should use <think> tags.</think>Hello.', 'Hello.'],
  ['<think>a<think>b<thinking>c</thinking>d</think>e</think>Hello.', 'Hello.'],
  ['Hello. <think>rude</think>And more. <think>again</think>End.', 'Hello. And more. End.'],
  ['<think>rude, and it never ends', ''],
  ['Hello. <think>rude, and it never ends', 'Hello. '],
  ['Write `<think>` and `</think>` around it.', 'Write `<think>` and `</think>` around it.'],
  ['```xml\n<think>\n\nx</think>\n```\nDone.', '```xml\n<think>\n\nx</think>\n```\nDone.'],
  ['An `open span\n\n<think>rude</think>Hello.', 'An `open span\n\nHello.'],
  ['An ``open span\n\n<think>rude</think>Hello.', 'An ``open span\n\nHello.'],
  ['<|channel|>analysis<|message|>She is `rude`.<|end|><|start|>assistant<|channel|>final<|message|>Hello.', 'Hello.'],
  ['<|channel|>analysis<|message|>rude\n\n<think>x<|channel|>final<|message|>Hello.<|return|>', 'Hello.'],
  ['<|start|>assistant<|channel|>final<|message|>Hello.<|end|>', 'Hello.'],
  ['<|start|>assistant<|message|>Hello.<|end|>', 'Hello.'],
  [
    '<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>commentary to=functions.x <|constrain|>json<|message|>{"a":1}<|call|><|start|>assistant<|channel|>final<|message|>`Hi` there.',
    '`Hi` there.',
  ],
  ['<|channel|>final<|message|>An `open<|end|><|start|>assistant<|channel|>analysis<|message|>rude', 'An `open'],
  ['<|channel|>analysis<|message|>rude, and it never ends', ''],
  ['<|channel|>analysis', ''],
  ['Hello. <|channel|>analysis<|message|>rude<|end|>', 'Hello. '],
  [
    'Write `<|channel|>analysis<|message|>` first, <|end|> last.',
    'Write `<|channel|>analysis<|message|>` first, <|end|> last.',
  ],
  ['A <|channel|> is a token,\nand so is <|start|>.', 'A <|channel|> is a token,\nand so is <|start|>.'],
  [
    '1 < 2, <b>bold</b>, <thinkers>, [THIS], a[T], ◁, <|x|>, <',
    '1 < 2, <b>bold</b>, <thinkers>, [THIS], a[T], ◁, <|x|>, <',
  ],
]

test.each(cases)('%j shows %j, however it is cut', (input, expected) => {
  expect(filter([input])).toEqual({ text: expected, hasLeaked: false })
  expect(filter([...input])).toEqual({ text: expected, hasLeaked: false })
  expect(filter([...input], true)).toEqual({ text: expected, hasLeaked: false })
  for (let at = 1; at < input.length; at++) {
    expect(filter([input.slice(0, at), input.slice(at)]).text, `cut at ${at}`).toBe(expected)
  }
  expect(withoutThoughts(input)).toBe(expected)
})

test.each([
  ['She is rude.</think>\n\nHello.', 'Hello.'],
  ['She\n\nis `rude`.\n</think>Hello.', 'Hello.'],
  ['analysis<|message|>rude<|end|><|start|>assistant<|channel|>final<|message|>Hello.', 'Hello.'],
  ['rude</thinking>more</thinking>Hello.', 'moreHello.'],
])('a thought without its opening tag is not shown while text is held back: %j', (input, expected) => {
  expect(filter([...input], true).text).toBe(expected)
})

test('a thought without its opening tag that was shown already is noticed', () => {
  expect(filter(['She is rude.', '</think>Hello.']).hasLeaked).toBe(true)
  expect(filter(['</think>Hello.'])).toEqual({ text: 'Hello.', hasLeaked: false })
})

test('text that was held back is released in its pieces, and flows from then on', () => {
  const reader = new ReasoningFilter({ holds: true })
  expect([reader.push('a '), reader.push('b '), reader.release(), reader.push('c'), reader.release()]).toEqual([
    [],
    [],
    ['a ', 'b '],
    ['c'],
    [],
  ])
})

test('within a thought, nothing is released after another one that was nested in it', () => {
  const reader = new ReasoningFilter({ holds: true })
  const shown = [reader.push('<think>a<think>b</think>c'), reader.release(), reader.push('</think>d'), reader.end()]
  expect(shown.flat().join('')).toBe('d')
})

const tags = ['<think>', '</think>', '<thinking>', '</thinking>', '[THINK]', '[/THINK]', '<reasoning>', '</reasoning>']

test.each(seeds(50))('seed %i: what is shown does not depend on the chunks, and thoughts are not in it', seed => {
  const { roll, pick, chance } = randomChoices(seed)
  let text = ''
  for (let part = 0; part < 8; part++) {
    const [open = '', close = ''] = tags.slice(2 * roll(4)).slice(0, 2)
    text += chance(0.5)
      ? `${open}SECRET ${pick(['', '`', '\n\n', '<b>', '['])}SECRET${close}`
      : pick(['a ', 'b<i>', '\n', 'é😀', '[x]'])
  }
  const whole = filter([text]).text
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    const length = 1 + roll(6)
    pieces.push(text.slice(at, at + length))
    at += length
  }
  expect(filter(pieces).text).toBe(whole)
  expect(whole).not.toMatch(/SECRET|think|reasoning/i)
})
