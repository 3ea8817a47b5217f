import { referenceAt } from './character-references.ts'
import { Emphasis, type Run } from './emphasis.ts'
import { angleAt } from './html.ts'
import { nameOf, readLabel, readResource } from './links.ts'

/**
 * A part of a paragraph that is not drawn as it is written. `drawn` is drawn in its place, and means nothing: nothing for
 * the backslash of an escape, a character for a reference; null: it is not drawn as text at all.
 */
export type Hidden = { from: number; to: number; drawn: string | null }

type Bracket = { at: number; isImage: boolean; below: Run | null; hasInner: boolean }

const special = /[\\`<[\]!*_&]|https?:\/\/|www\./gi
const escapable = /^[!-/:-@[-`{-~]/
const address = /(?:https?:\/\/|www\.)[^\s<]+/iy

/** Finds what is not drawn as text in a paragraph: code, markup, and the addresses of links. Reads it once. */
export function hiddenIn(content: string, definitions: ReadonlySet<string>): Hidden[] {
  return new InlineScanner(content, definitions).scan()
}

class InlineScanner {
  readonly #content: string
  readonly #definitions: ReadonlySet<string>
  readonly #hidden: Hidden[] = []
  readonly #emphasis = new Emphasis((from, to) => this.#hide(from, to))
  readonly #brackets: Bracket[] = []
  #inactive = 0 // brackets below this index can begin no link any more: links contain no links
  #ticks: Map<number, number[]> | null = null // where runs of backticks begin, by their length, last first

  constructor(content: string, definitions: ReadonlySet<string>) {
    this.#content = content
    this.#definitions = definitions
  }

  scan(): Hidden[] {
    for (let at = this.#next(0); at < this.#content.length; at = this.#next(at)) at = this.#read(at)
    this.#emphasis.resolve(null)
    return this.#hidden
  }

  #next(from: number): number {
    special.lastIndex = from
    return special.exec(this.#content)?.index ?? this.#content.length
  }

  /** Reads what begins here; returns its end. */
  #read(at: number): number {
    switch (this.#content[at]) {
      case '\\':
        return this.#escape(at)
      case '`':
        return this.#code(at)
      case '<':
        return this.#angle(at)
      case '&':
        return this.#reference(at)
      case '[':
        return this.#openBracket(at, false)
      case '!':
        return this.#content[at + 1] === '[' ? this.#openBracket(at, true) : at + 1
      case ']':
        return this.#closeBracket(at)
      case '*':
      case '_':
        return this.#emphasis.add(this.#content, at)
      default:
        return this.#address(at)
    }
  }

  #escape(at: number): number {
    if (!escapable.test(this.#content[at + 1] ?? '')) return at + 1
    this.#hidden.push({ from: at, to: at + 1, drawn: '' })
    return at + 2
  }

  #reference(at: number): number {
    const found = referenceAt(this.#content, at)
    if (found === null) return at + 1
    this.#hidden.push({ from: at, to: at + found.length, drawn: found.character })
    return at + found.length
  }

  #code(at: number): number {
    let end = at + 1
    while (this.#content[end] === '`') end++
    this.#ticks ??= tickRuns(this.#content)
    const closers = this.#ticks.get(end - at) ?? []
    while ((closers.at(-1) ?? end) < end) closers.pop()
    const closer = closers.at(-1)
    if (closer === undefined) return end
    const codeEnd = closer + (end - at)
    this.#hide(at, codeEnd)
    return codeEnd
  }

  #angle(at: number): number {
    const found = angleAt(this.#content, at)
    if (found === null) return at + 1
    if (found.isAddress) this.#hide(at, at + found.length)
    return at + found.length // the page draws raw HTML as the text it is
  }

  #address(at: number): number {
    const before = this.#content[at - 1] ?? ' '
    const isWww = /w/i.test(this.#content[at] ?? '')
    const isFree = isWww ? /[\s*_~([\]]/.test(before) : !/[a-z]/i.test(before)
    if (!isFree || this.#brackets.length > 0) return at + 1
    address.lastIndex = at
    const length = addressLength(address.exec(this.#content)?.[0] ?? '')
    if (length === 0) return at + 1
    this.#hide(at, at + length)
    return at + length
  }

  #openBracket(at: number, isImage: boolean): number {
    const outer = this.#brackets.at(-1)
    if (outer !== undefined) outer.hasInner = true
    this.#brackets.push({ at, isImage, below: this.#emphasis.last, hasInner: false })
    return at + (isImage ? 2 : 1)
  }

  #closeBracket(at: number): number {
    const opener = this.#brackets.pop()
    if (opener === undefined) return at + 1
    const isInactive = !opener.isImage && this.#brackets.length < this.#inactive
    this.#inactive = Math.min(this.#inactive, this.#brackets.length)
    const outer = this.#brackets.at(-1)
    if (outer !== undefined) outer.hasInner = true
    const end = isInactive ? null : (readResource(this.#content, at + 1) ?? this.#linkReference(opener, at))
    if (end === null) return at + 1
    this.#emphasis.resolve(opener.below)
    const text = opener.at + (opener.isImage ? 2 : 1)
    this.#hide(opener.at, opener.isImage ? end : text) // the text of an image is drawn only where there is no image
    if (!opener.isImage) {
      this.#hide(at, end)
      this.#inactive = this.#brackets.length
    }
    return end
  }

  /** The end of a link by reference, whose text ends at `at`; null if it is not defined. */
  #linkReference(opener: Bracket, at: number): number | null {
    if (this.#definitions.size === 0) return null
    const full = readLabel(this.#content, at + 1)
    if (full !== null && this.#definitions.has(full.name)) return full.end
    const start = opener.at + (opener.isImage ? 2 : 1)
    if (opener.hasInner || at - start > 999) return null
    if (!this.#definitions.has(nameOf(this.#content.slice(start, at)))) return null
    return this.#content.startsWith('[]', at + 1) ? at + 3 : at + 1
  }

  #hide(from: number, to: number): void {
    this.#hidden.push({ from, to, drawn: null })
  }
}

function tickRuns(content: string): Map<number, number[]> {
  const runs = new Map<number, number[]>()
  for (const { 0: run, index } of content.matchAll(/`+/g)) {
    const starts = runs.get(run.length)
    if (starts === undefined) runs.set(run.length, [index])
    else starts.push(index)
  }
  for (const starts of runs.values()) starts.reverse()
  return runs
}

/** The length of an address without the punctuation that ends the sentence around it. */
function addressLength(found: string): number {
  const text = found.split(/\](?=[([])/, 1)[0] ?? ''
  let unopened = text.split(')').length - text.split('(').length
  let end = text.length
  for (; end > 0; end--) {
    const last = text[end - 1] ?? ''
    if (last === ')' && unopened > 0) unopened -= 1
    else if (!trailing.has(last)) break
  }
  return /[^:/.w]/i.test(text.slice(4, end)) ? end : 0
}

const trailing = new Set('!"\'*,.:;?_~]')
