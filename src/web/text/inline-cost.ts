// What it costs to find emphasis, links, code and HTML in a stretch of text, in about µs. The parser looks back at
// everything before a mark that may close something, and ahead for what a mark may open: marks of which many are left open
// cost the square of the text.

const perCharacter = 0.7
const perMark = 8
const perTag = 24
const perBracket = 8 // in addition: what is in brackets may be a link
const perDefinition = 25
const perCharacterBetween = 0.05 // looked at again
const perImageBetween = 0.15 // the brackets of images may be within each other, and are copied each time
const perEventBetween = 0.12 // what the parser stored, looked at again

// What begins with the first and is looked for until the second, anywhere in the rest of the paragraph.
const spans = [
  ['<!--', '-->'],
  ['<?', '?>'],
  ['<![CDATA[', ']]>'],
  ['<!', '>'],
  [' (', ')'], // the title of a link
  ['\t(', ')'],
  ['\n(', ')'],
] as const

/** Returns the cost of the inline syntax of a paragraph, or of several. */
export function inlineCost(text: string): number {
  const marks = markCost(text)
  const open = spans.reduce((sum, [from, to]) => sum + spanCost(text, from, to), 0)
  return (
    text.length * perCharacter +
    marks +
    codeCost(text) +
    open +
    addressCost(text) +
    wordCost(text) +
    definitionCost(text)
  )
}

/** Emphasis and brackets: each mark looks back as far as the beginning. */
function markCost(text: string): number {
  const between = text.split('![').length > 16 ? perImageBetween : perCharacterBetween
  let cost = 0
  for (const { 0: mark, index } of text.matchAll(/\*+|_+|~+|[[\]<&\\@|\n]/g)) {
    cost += mark === '<' ? perTag : perMark
    if (mark === ']') cost += perBracket + index * between
    else if ('*_~'.includes(mark[0] ?? '')) cost += (index + mark.length ** 2) * perCharacterBetween
  }
  return cost
}

/** What may be the definition of a link or a footnote. */
const definitionCost = (text: string): number => (text.split(']:').length - 1) * perDefinition

/** Code: a run of backticks is looked for until the next run of the same length. */
function codeCost(text: string): number {
  const last = new Map<number, number>() // by length, where the last such run began
  let cost = 0
  for (const { 0: run, index } of text.matchAll(/`+/g)) {
    cost += perMark + (index - (last.get(run.length) ?? index)) * perCharacterBetween
    last.set(run.length, index)
  }
  for (const index of last.values()) cost += (text.length - index) * perCharacterBetween
  return cost
}

/** HTML and titles of links: each beginning is looked at until the next end that is not escaped. */
function spanCost(text: string, from: string, to: string): number {
  let cost = 0
  let end = -1
  for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + 1)) {
    if (end < at + from.length) end = endAfter(text, at + from.length, to)
    cost += perMark + (end - at) * perCharacterBetween
  }
  return cost
}

function endAfter(text: string, from: number, end: string): number {
  let at = text.indexOf(end, from)
  while (at > 0 && text[at - 1] === '\\') at = text.indexOf(end, at + 1)
  return at < 0 ? text.length : at
}

/** Addresses without brackets: punctuation at their end is looked at again from each of its characters. */
function addressCost(text: string): number {
  if (!/https?:|www\./i.test(text)) return 0
  let cost = 0
  for (const [run] of text.matchAll(/(?:[!"'()*,.:;<?_~\]]|&[a-z]*)+/gi)) cost += run.length ** 2 * perCharacterBetween
  return cost
}

// A pair of brackets that surely belong together: nothing within them can begin what a bracket may be a part of.
const pair = /\[(?:[^[\]\\`<]|`[^`]+`(?!`))*\]/g

/** After a bracket that may be open, each word looks back as far as the bracket: it could be an address if it were not. */
function wordCost(text: string): number {
  const closed = text.replace(pair, matched => ' '.repeat(matched.length))
  const open = closed.indexOf('[')
  if (open < 0) return 0
  let cost = 0
  let events = 0
  for (const [part] of text.slice(open).matchAll(/[\w+.-]+|[*~[\]<&\\@|\n`()]/g)) {
    const isWord = /\w/.test(part)
    events += isWord ? 2 : 5
    if (isWord) cost += events * perEventBetween
  }
  return cost
}
