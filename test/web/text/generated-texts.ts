import { randomChoices } from '../../support/random.ts'

// Every construct of CommonMark and GFM, as it opens, repeats or stays open.
const units = [
  ...[
    'a',
    'word ',
    '@ada ',
    '\\',
    '\\*',
    '\\[',
    '\\]',
    '&amp;',
    '&a',
    '&#x41;',
    '\t',
    ' ',
    '    a\n',
    '\u0301',
    '\u{1f600}',
  ],
  ...[
    '>',
    '> ',
    '- ',
    '* ',
    '+ ',
    '1. ',
    '2) ',
    '9. a\n',
    '- a\n',
    '- [ ] a\n',
    '-\n',
    '> a\n',
    '>\n',
    '  - a\n',
    '    - a\n',
  ],
  ...[
    '# a\n',
    '#',
    '# ',
    'a\n-\n',
    'a\n=\n',
    '---\n',
    '* * *\n',
    '***\n',
    '```\n',
    '~~~\n',
    '```js\n1+1\n```\n',
    '    ',
  ],
  ...[
    '*',
    '**',
    '***',
    '_',
    '__',
    '~',
    '~~',
    '*a*',
    '**a** ',
    '_a_',
    '~~a~~ ',
    '*a',
    'a*',
    '*a ',
    'a_ ',
    '*a_',
    'a**b*c',
    '*[`_',
  ],
  ...[
    '[',
    ']',
    '![',
    '[]',
    '[a]',
    '](b)',
    '[a](',
    '[a](b)',
    '![a](b)',
    '[a](b "',
    "[a](b '",
    '[a](b (',
    '[a](<b',
    '[a](\\(',
  ],
  ...['[a][b]', '[a]: b\n', '[a]: b "\n', '[a]\n\n[a]: b\n\n', '[^a]', '[^a]: b\n', '[^a]: ', '[^b]\n\n[^b]: a\n\n'],
  ...['`', '``', '`a`', '`a', '``a`', '`[`]', '`` ` ``'],
  ...[
    '<',
    '<a',
    '<a>',
    '</a>',
    '<a b="',
    "<a b='",
    '<a b="c" ',
    '<!--',
    '<!-- a -->',
    '<?',
    '?>',
    '<!A ',
    '<![CDATA[',
    ']]>',
  ],
  ...[
    '<div>\n',
    '<pre>\n',
    '</pre>\n',
    '<a:b>',
    '<a@b.c>',
    '<http://',
    'http://a.b',
    'https://a.b/ ',
    'www.',
    'www.a.b/',
    'awww.',
  ],
  ...['!', '(', ')', '.', 'a.', 'a-', 'a@', 'a@b.c ', 'a@b.', '&a;', '"', "'", ':', ';'],
  ...['|', '|a', '|-', '|a|\n|-|\n', '|a|b|\n|-|-|\n', '|c|\n', 'a|b\n', ':-:|', '|a|\n|-|\n|a|\n\n'],
  ...['\n', '\n\n', '\r', '\r\n', '  \n', '\\\n', '\n>', '\n- ', '\n   ', '\n    '],
]

type Random = ReturnType<typeof randomChoices>

const separators = ['', '', ' ', '\n', '\n\n', 'a', ' a ', '\n> ', '\n- ', '\n  ']
const prefixes = [
  '',
  '',
  '',
  '> ',
  '- ',
  'a',
  'https://a.b/',
  '|a|\n|-|\n',
  '<!--\n```\n-->\n',
  '```\n',
  '[a]: b\n\n',
  '> > - 1. ',
]

/** Returns a text of about this length, made of one construct to four that are repeated, nested or mixed. */
export function generatedText(seed: number, length: number): string {
  const random = randomChoices(seed)
  const parts = Array.from({ length: random.pick([1, 1, 2, 2, 3, 4]) }, () => random.pick(units))
  const text = random.pick(prefixes) + random.pick(shapes)(parts, random, length)
  return text.slice(0, length)
}

/** Returns every construct by itself, repeated to this length. */
export const repeatedTexts = (length: number): string[] => units.map(unit => fill(unit, length))

const pairs = [
  ...[
    ['*', '*'],
    ['**', '**'],
    ['_', '_'],
    ['~', '~'],
    ['*_', '_*'],
    ['**a *', '* b**'],
    ['[', ']'],
    ['[', '](b)'],
    ['![', '](b)'],
  ],
  ...[
    ['![', '][a]'],
    ['[![', '](b)](c)'],
    ['<a>', '</a>'],
    ['(', ')'],
    ['"', '"'],
    ['`', '`'],
    ['> - ', ''],
    ['- 1. ', ''],
    ['`', '``'],
  ],
] as const

const fill = (unit: string, length: number): string => unit.repeat(Math.ceil(length / unit.length)).slice(0, length)

const shapes = [
  (parts: string[], random: Random, length: number) =>
    fill(parts.join(random.pick(separators)) + random.pick(separators), length),
  (_: string[], random: Random, length: number) => {
    const [open, close] = random.pick(pairs)
    const space = random.pick(['', ' a', 'a'])
    const depth = Math.floor(length / (open.length + close.length + 2 * space.length))
    return (open + space).repeat(depth) + (space + close).repeat(depth)
  },
  (parts: string[], random: Random, length: number) => {
    const half = fill(parts.join(random.pick(separators)), length / 2)
    return half + random.pick(['a', '', '\n']) + fill(random.pick(units), length / 2)
  },
  (parts: string[], random: Random, length: number) => {
    let text = ''
    while (text.length < length) text += random.pick(parts) + random.pick(separators)
    return text
  },
]
