import { type Token, tokensOf } from './search-tokens.ts'

/** A part of a text: [from, to), in UTF-16 units. */
export type Highlight = [from: number, to: number]

/** A text around what was found in it, and the places of the words in it. */
export type Snippet = { snippet: string; highlights: Highlight[] }

const maxWords = 16
const maxQuery = 1_000 // characters
const before = 60 // characters that a snippet shows before the first word
const length = 240 // characters of a snippet

/**
 * Words to look for: all of them have to be in a text, each as it stands; the last may be a beginning. Words in quotation
 * marks are one: they have to follow each other, and the last of them is whole.
 */
export class SearchQuery {
  readonly #words: string[][] // each as the tokens it consists of
  readonly #isOpen: boolean // the last word may be a beginning

  private constructor(words: string[][], isOpen: boolean) {
    this.#words = words
    this.#isOpen = isOpen
  }

  /** Reads what somebody typed; null if there is no word in it. */
  static read(text: string): SearchQuery | null {
    const words: string[][] = []
    const query = text.slice(0, maxQuery).toWellFormed()
    const phrases = phrasesIn(query)
    let end = -1
    let phrase: Highlight | undefined // around the last word
    for (const { word, from, to } of tokensOf(query)) {
      if (from === to) continue // a gap: another word begins
      const around = phrases.find(([start, stop]) => from >= start && to <= stop)
      const last = words.at(-1)
      if (last !== undefined && around === phrase && (from <= end || around !== undefined)) last.push(word)
      else if (words.length < maxWords) words.push([word])
      else break
      end = to
      phrase = around
    }
    return words.length === 0 ? null : new SearchQuery(words, phrase === undefined)
  }

  /** The query in the syntax of FTS5. Words are quoted, so that none is syntax. */
  get match(): string {
    return `${this.#words.map(word => `"${word.join(' ')}"`).join(' ')}${this.#isOpen ? '*' : ''}`
  }

  /** The part of a text that shows the words. */
  snippet(text: string): Snippet {
    const found = this.#find(tokensOf(text))
    const start = cutBefore(text, Math.max(0, (found[0]?.[0] ?? 0) - before))
    const end = cutAfter(text, start + length)
    const [lead, tail] = [start > 0 ? '…' : '', end < text.length ? '…' : '']
    const shift = lead.length - start
    const highlights = found
      .filter(([from, to]) => from >= start && to <= end)
      .map(([from, to]): Highlight => [from + shift, to + shift])
    return { snippet: lead + text.slice(start, end) + tail, highlights }
  }

  /** The places of the words, in order and without overlaps. */
  #find(tokens: readonly Token[]): Highlight[] {
    const found: Highlight[] = []
    let end = 0
    for (const [index, { from }] of tokens.entries()) {
      if (from < end) continue
      const length = this.#lengthAt(tokens, index)
      if (length === 0) continue
      end = tokens[index + length - 1]?.to ?? from
      found.push([from, end])
    }
    return found
  }

  /** The number of tokens from here on that are one of the words, 0 if none begins here. */
  #lengthAt(tokens: readonly Token[], index: number): number {
    const lengths = this.#words.map((word, number) => {
      const isLast = number === this.#words.length - 1
      const isHere = word.every((part, offset) => {
        const token = tokens[index + offset]?.word
        return isLast && this.#isOpen && offset === word.length - 1 ? token?.startsWith(part) : token === part
      })
      return isHere ? word.length : 0
    })
    return Math.max(...lengths)
  }
}

/** The parts of a query that stand in quotation marks of one kind. */
function phrasesIn(query: string): Highlight[] {
  return [...query.matchAll(/"[^"]*"|\u201c[^\u201d]*\u201d|\u201e[^\u201c]*\u201c|\u00ab[^\u00bb]*\u00bb/g)].map(
    ({ 0: text, index }): Highlight => [index, index + text.length],
  )
}

/** The beginning of a word at or before a place, if there is one near. */
function cutBefore(text: string, at: number): number {
  if (at === 0) return 0
  const [gap] = /\s\S*$/.exec(text.slice(Math.max(0, at - 20), at)) ?? []
  return gap === undefined ? whole(text, at) : at - gap.length + 1
}

function cutAfter(text: string, at: number): number {
  if (at >= text.length) return text.length
  const word = /^\S{0,20}(?=\s)/.exec(text.slice(at, at + 21))?.[0] ?? ''
  return whole(text, at + word.length)
}

/** The place, or the one before it where it would cut a character in two. */
function whole(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at
}
