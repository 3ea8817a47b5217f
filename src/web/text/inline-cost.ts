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
const perTitleBetween = 0.35 // in the title of a link
const perHtmlBetween = 0.35 // in HTML that is no block
const perAddressInVain = 0.5
const perCodeInVain = 0.5 // in what is no code, since it does not end
const perEventBetween = 0.12 // what the parser stored, looked at again
const perMarkBetween = 7 // what it stored for a mark, looked at again for what opened emphasis
const fewMarks = 16 // that cost nothing to look at again
const perLineBetween = 6 // of HTML, begun anew

// What begins with the first and is looked for until the second, anywhere in the rest of the paragraph.
const spans = [
  ['<!--', '-->', perHtmlBetween],
  ['<?', '?>', perHtmlBetween],
  ['<![CDATA[', ']]>', perHtmlBetween],
  ['<!', '>', perHtmlBetween],
  [' (', ')', perTitleBetween],
  ['\t(', ')', perTitleBetween],
  ['\n(', ')', perTitleBetween],
] as const

/** Returns the cost of the inline syntax of a paragraph, or of several. */
export function inlineCost(text: string): number {
  const marks = markCost(text)
  const open = spans.reduce((sum, span) => sum + spanCost(text, span), 0)
  return (
    text.length * perCharacter +
    marks +
    emphasisCost(text) +
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

/** Emphasis: what may close it looks back for what opened it, past all that was found between, and often in vain. */
function emphasisCost(text: string): number {
  const mayHide = /https?:|www\.|@/i.test(text) // an address can hold such marks
  const open: { run: string; index: number; seen: number }[] = []
  let cost = 0
  let seen = 0
  let hidesAt = -1 // the last place of what may hide marks: code, HTML, an escape, a link
  for (const { 0: run, index } of text.matchAll(/\*+|_+|~+|[`<>[\]&\\|\n]/g)) {
    seen++
    if (!'*_~'.includes(run.charAt(0))) {
      if (run !== '\n') hidesAt = index
      continue
    }
    const { canOpen, canClose } = flanks(text, index, run)
    const last = open.at(-1)
    const isClosing = canClose && last !== undefined && last.run === run && last.index > hidesAt && !mayHide
    if (canClose) cost += Math.max(0, (isClosing ? seen - last.seen : seen) - fewMarks) * perMarkBetween
    if (isClosing) open.pop()
    else if (canOpen && text[index - 1] !== '\\') open.push({ run, index, seen })
  }
  return cost
}

/** What a run of marks can do, by the characters around it, as CommonMark has it. */
function flanks(text: string, index: number, run: string): { canOpen: boolean; canClose: boolean } {
  const [before = '', after = ''] = [text[index - 1], text[index + run.length]]
  const [isBefore, isAfter] = [kindOf(before), kindOf(after)]
  const opens = isAfter === 'letter' || (isAfter === 'symbol' && isBefore !== 'letter') || '*_~'.includes(after || ' ')
  const closes =
    isBefore === 'letter' || (isBefore === 'symbol' && isAfter !== 'letter') || '*_~'.includes(before || ' ')
  if (!run.startsWith('_')) return { canOpen: opens, canClose: closes }
  return { canOpen: opens && (isBefore !== 'letter' || !closes), canClose: closes && (isAfter !== 'letter' || !opens) }
}

const kindOf = (character: string): 'space' | 'symbol' | 'letter' =>
  /^\s?$/.test(character) ? 'space' : /[\p{P}\p{S}]/u.test(character) ? 'symbol' : 'letter'

/** What may be the definition of a link or a footnote. */
const definitionCost = (text: string): number => (text.split(']:').length - 1) * perDefinition

/**
 * Code: a run of backticks is looked for until the next run of the same length. Of one that begins with an escape, the rest
 * is looked for; as an end it counts whole, since there are no escapes in code.
 */
function codeCost(text: string): number {
  const next = new Map<number, number>() // by length, where the next such run begins
  let cost = 0
  for (const { 0: run, index } of [...text.matchAll(/`+/g)].reverse()) {
    cost += perMark + ((next.get(run.length) ?? text.length) - index) * perCharacterBetween
    if (text[index - 1] === '\\' && run.length > 1) {
      const end = next.get(run.length - 1)
      cost += end === undefined ? (text.length - index) * perCodeInVain : (end - index) * perCharacterBetween
    }
    next.set(run.length, index)
  }
  return cost
}

/** HTML and titles of links: each beginning is looked at until the next end that is not escaped. */
function spanCost(text: string, [from, to, perCharacter]: (typeof spans)[number]): number {
  let cost = 0
  let end = -1
  let lines = 0 // until the end
  let counted = 0
  for (let at = text.indexOf(from); at >= 0; at = text.indexOf(from, at + 1)) {
    if (end < at + from.length) {
      end = endAfter(text, at + from.length, to)
      lines = linesIn(text, at, end)
    } else lines -= linesIn(text, counted, at)
    counted = at
    cost += perMark + (end - at) * perCharacter + lines * perLineBetween
  }
  return cost
}

function linesIn(text: string, from: number, to: number): number {
  return text.slice(from, to).split('\n').length - 1
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
  // Each beginning is followed to the end of the word, and so is the next one, if it turns out to be no address.
  for (const { 0: word } of text.matchAll(/[^\s<]+/g)) {
    const begins = word.split(/https?:|www\./i).length - 1
    if (begins > 1) cost += begins * word.length * perAddressInVain
  }
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
    const isWord = /[\w+.-]/.test(part)
    events += isWord ? 2 : 5
    if (isWord) cost += events * perEventBetween
  }
  return cost
}
