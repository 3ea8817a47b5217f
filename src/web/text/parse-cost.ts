import { inlineCost } from './inline-cost.ts'

// What it costs to parse a text as Markdown, measured before the parser sees it: in a time that is linear in its length,
// and never too low. The unit is about a µs. What is too dear is shown as plain text.

/** The cost up to which a text is parsed as Markdown. */
export const maxCost = 190_000
const maxDepth = 32 // blocks within blocks
const maxColumns = 64
const maxCells = 5_000

const perLine = 8
const perBlock = 30 // a paragraph, a list item, a row of a table
const perLevel = 3 // a line within a block within a block
const perLineBefore = 0.02 // in the same paragraph, or the same run of blocks without an empty line
const perCell = 10
const perLineMoved = 0.078 // the parser copies all that it has found so far

/** Returns whether a text can be parsed as Markdown without blocking the page. */
export const isParseable = (text: string): boolean => parseCost(text) <= maxCost

/** Returns what it costs to parse a text, in about µs; more than `maxCost` if it is too dear, however much. */
export function parseCost(text: string): number {
  const measure = new Measure()
  for (const line of text.split(/\r\n|\n|\r/)) {
    measure.add(line)
    if (measure.cost > maxCost) return measure.cost
  }
  return measure.total()
}

/** Adds up the cost of lines. */
class Measure {
  cost = 0
  #paragraph: string[] = [] // lines whose inline syntax may belong together
  #lines = 0
  #run = 0 // lines since the last empty one
  #lists = '' // the marks of lists that may be open
  #depth = 0 // of the deepest block so far
  #columns = 0 // of the table that the lines may belong to; 0: no table
  #cells = 0
  #isItem = false // whether the last line was an item of a list
  #isQuote = false // whether the last line was in a quote
  #fence: string | null = null // what closes the code block that the lines are in
  #hasHtml = false // what looks like a fence may be within HTML from here on

  total(): number {
    this.#endParagraph()
    return this.cost
  }

  add(line: string): void {
    this.#lines++
    this.cost += perLine
    if (this.#isCode(line)) this.cost += line.length * 0.1
    else if (/^[ \t]*$/.test(line)) this.#addBlank()
    else this.#addText(line)
  }

  #addBlank(): void {
    this.#endParagraph()
    this.#isItem = false
    this.#isQuote = false
    this.#run = 0
    this.cost += this.#depth * perLevel
  }

  #addText(line: string): void {
    this.#hasHtml ||= /^[\s>]*<[!?/a-z]/i.test(line)
    const markers = markersOf(line)
    const isHeading = heading.test(line)
    this.#isItem = !isHeading && (item.test(line) || (this.#isItem && nextItem.test(line)))
    if (isHeading || this.#isItem) this.#endParagraph()
    if (this.#paragraph.length === 0) this.cost += perBlock
    this.#addMoves(line, markers?.items ?? '')
    if (markers !== null) this.#addMarkers(markers)
    this.#addRow(line)
    this.#run++
    this.cost += this.#run * (this.#depth > 0 ? perLineBefore * 10 : perLineBefore)
    this.#paragraph.push(line)
  }

  /** What ends an item of a list, or makes a heading of a paragraph, moves everything before it. */
  #addMoves(line: string, items: string): void {
    const isNext = [...items].some(mark => this.#lists.includes(mark))
    const isAfter = this.#run === 0 && items === '' && this.#lists !== '' && /^[^\s>]/.test(line)
    const isQuote = /^ {0,3}>/.test(line)
    let moves = 0
    if (isNext)
      moves = items.length * 1.5 - 0.5 + (line.includes('>') ? 2 : 0) // what is within the item moves, too
    else if (isAfter) moves = 1.1
    else if (this.#isLazy(line)) moves = 1
    if (isQuote && !this.#isQuote) moves += 3
    if (underline.test(line)) moves += 2.65
    this.cost += this.#lines * perLineMoved * moves
    this.#isQuote = isQuote
    if (isAfter) this.#lists = ''
    else if (!isNext) this.#lists += items
  }

  /** A line that is outside of the blocks before it by its indentation, and may belong to them all the same. */
  #isLazy(line: string): boolean {
    if (this.#run === 0 || this.#depth === 0) return false
    return (this.#depth === 1 ? /^ ?[^\s>]/ : /^ {0,3}[^\s>]/).test(line)
  }

  #addMarkers({ count, levels }: Markers): void {
    this.#depth = Math.max(this.#depth, Math.min(levels, this.#depth) + count)
    this.cost += count * perBlock + this.#depth * perLevel
    if (this.#depth > maxDepth) this.cost = Number.POSITIVE_INFINITY
  }

  /** A row of a table has as many cells as the table has columns, however few are written. */
  #addRow(line: string): void {
    if (isDelimiterRow(line)) this.#columns = Math.max(this.#columns, columnsOf(line))
    if (this.#columns === 0) return
    this.#cells += this.#columns
    this.cost += perBlock + this.#columns * perCell
    if (this.#columns > maxColumns || this.#cells > maxCells) this.cost = Number.POSITIVE_INFINITY
  }

  #endParagraph(): void {
    if (this.#paragraph.length > 0) this.cost += inlineCost(this.#paragraph.join('\n'))
    this.#paragraph = []
    this.#columns = 0
  }

  /** Only a fence at the margin certainly begins a code block. Other code is measured as text. */
  #isCode(line: string): boolean {
    if (this.#fence !== null) {
      if (line.trim() === '' || !line.trimStart().startsWith(this.#fence)) return true
      if (/^ {0,3}(`+|~+)[ \t]*$/.test(line)) this.#fence = null
      return true
    }
    const [, fence] = /^ ?(`{3,}(?=[^`]*$)|~{3,})/.exec(line) ?? []
    if (fence === undefined || this.#hasHtml) return false
    this.#endParagraph()
    this.#isItem = false
    this.cost += perBlock
    this.#fence = fence
    return true
  }
}

// These begin a new block, whatever was before them. So does any number at the margin after an item of a list.
const heading = /^ {0,3}(?:#{1,6}[ \t]|([-*_])(?:[ \t]*\1){2,}[ \t]*$)/ // or a rule
const item = /^ {0,3}(?:[-+*]|1[.)])[ \t]+[^ \t]/
const nextItem = /^ ?\d{1,9}[.)][ \t]+[^ \t]/

const underline = /^[\s>]*(?:=+|-+)[ \t]*$/ // of a heading
const rule = /^[\s>]*([-*_])(?:[ \t]*\1){2,}[ \t]*$/

type Markers = { count: number; items: string; levels: number }

/** Returns how many blocks begin on a line, the marks of its items, and in how many lists it may be; null for a rule. */
function markersOf(line: string): Markers | null {
  if (rule.test(line)) return null
  const marker = /([ \t]*)(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$)|\[\^(?:\\.|[^\]\\\s])+\]:)/y
  let count = 0
  let items = ''
  let columns = 0
  for (let match = marker.exec(line); match !== null; match = marker.exec(line)) {
    count++
    if (/[-+*.)]$/.test(match[0])) items += match[0].slice(-1)
    for (const space of match[1] ?? '') columns += space === '\t' ? 4 : 1
  }
  return { count, items, levels: Math.floor(columns / 2) } // an item of a list is indented by two columns at least
}

/** Could this line be the second one of a table, which makes a table of the lines around it? */
const isDelimiterRow = (line: string): boolean => /^[|:\s>-]*$/.test(line) && line.includes('-') && /[|:]/.test(line)

const columnsOf = (line: string): number =>
  line
    .replace(/^[\s>]*\|/, '')
    .trimEnd()
    .replace(/\|$/, '')
    .split('|').length
