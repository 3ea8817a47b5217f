import { htmlBlockEnd } from './html.ts'
import { LineCursor } from './line-cursor.ts'

/** A part of a line of the text: [from, to). */
export type Piece = {
  from: number
  to: number
  isQuoted: boolean // it stands behind a `>`
  depth: number // containers that it stands in; a lazy line stands in fewer than those before it
  indent: number // columns
}

/** The lines of a paragraph or a heading (`inline`), a cell of a table, or a block of raw HTML. Code is none of them. */
export type Leaf = { kind: 'inline' | 'cell' | 'html'; pieces: Piece[] }

type Container = { kind: 'quote' } | { kind: 'item'; columns: number; isEmpty: boolean }
type Open =
  | { kind: 'inline'; leaf: Leaf }
  | { kind: 'html'; leaf: Leaf; end: RegExp | null }
  | { kind: 'fence'; marker: string; size: number }

const maxDepth = 100 // containers; deeper ones are text, so that a line costs no more than its length
const fence = /^(?:`{3,}|~{3,})/
const heading = /^#{1,6}(?:[ \t]|$)/
const rule = /^(?:(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|(?:-[ \t]*){3,})$/
const underline = /^(?:=+|-+)[ \t]*$/
const bullet = /^(?:[*+-]|(\d{1,9})[.)])(?=[ \t]|$)/

/** Reads the blocks of a Markdown text, line by line, and returns those that hold text. */
export function leavesOf(text: string): Leaf[] {
  const scanner = new BlockScanner()
  for (let from = 0; from <= text.length; ) {
    const feed = text.indexOf('\n', from)
    const end = feed < 0 ? text.length : feed
    scanner.line(new LineCursor(text, from, end))
    from = end + 1
  }
  return scanner.leaves
}

class BlockScanner {
  readonly leaves: Leaf[] = []
  #containers: Container[] = []
  #open: Open | null = null

  line(cursor: LineCursor): void {
    const matched = this.#matchContainers(cursor)
    const isAll = matched === this.#containers.length
    if (isAll && this.#continueVerbatim(cursor)) return
    const wasParagraph = this.#open?.kind === 'inline'
    const isLazy = wasParagraph && !isAll
    const isIn = wasParagraph && isAll // a paragraph, that is
    this.#openBlocks(cursor, { matched, isLazy, isIn })
  }

  /** Consumes the prefixes of the containers that go on in this line; returns their number. */
  #matchContainers(cursor: LineCursor): number {
    let matched = 0
    for (const container of this.#containers) {
      const next = cursor.next()
      if (container.kind === 'quote') {
        if (next.indent > 3 || next.isBlank || cursor.text[next.at] !== '>') break
        cursor.moveBeyond(next, 1)
        cursor.skipColumns(1)
      } else if (next.isBlank) {
        if (container.isEmpty) break
      } else if (next.indent < container.columns) break
      else {
        cursor.skipColumns(container.columns)
        container.isEmpty = false
      }
      matched += 1
    }
    return matched
  }

  /** Reads a line within a fence or raw HTML; false if none is open, or the line is not part of it. */
  #continueVerbatim(cursor: LineCursor): boolean {
    const open = this.#open
    if (open === null || open.kind === 'inline') return false
    const next = cursor.next()
    const rest = cursor.restFrom(next.at)
    if (open.kind === 'fence') {
      const closing = rest.trimEnd()
      const isEnd = next.indent < 4 && closing.length >= open.size && closing === open.marker.repeat(closing.length)
      if (isEnd) this.#open = null
      return true
    }
    if (open.end === null && next.isBlank) {
      this.#open = null
      return false
    }
    open.leaf.pieces.push(this.#piece(cursor, next, this.#containers.length))
    if (open.end?.test(rest)) this.#open = null
    return true
  }

  /** Opens the blocks that begin in this line, and adds what is left of it to the last one. */
  #openBlocks(
    cursor: LineCursor,
    { matched, isLazy, isIn }: { matched: number; isLazy: boolean; isIn: boolean },
  ): void {
    let isLazyStill = isLazy
    let isParagraph = isIn
    for (;;) {
      const next = cursor.next()
      if (next.isBlank) {
        this.#close(matched)
        this.#open = null
        return
      }
      if (next.indent > 3) break
      const opened = this.#openContainer(cursor, next, { matched, isParagraph })
      if (opened === null) {
        if (this.#openLeaf(cursor, next, { matched, isParagraph, isLazy: isLazyStill })) return
        break
      }
      matched = opened
      isLazyStill = false
      isParagraph = false
    }
    this.#addText(cursor, { matched, isContinued: isParagraph || isLazyStill })
  }

  /** Opens a quote or an item of a list; returns the number of containers that are open then, or null. */
  #openContainer(
    cursor: LineCursor,
    next: { at: number; indent: number },
    { matched, isParagraph }: { matched: number; isParagraph: boolean },
  ): number | null {
    if (matched >= maxDepth) return null
    if (cursor.text[next.at] === '>') {
      this.#close(matched)
      cursor.moveBeyond(next, 1)
      cursor.skipColumns(1)
      this.#containers.push({ kind: 'quote' })
      return matched + 1
    }
    const rest = cursor.restFrom(next.at)
    const marker = bullet.exec(rest)
    if (marker === null || rule.test(rest)) return null
    const length = marker[0].length
    const isEmpty = rest.length === length || rest.slice(length).trim() === ''
    if (isParagraph && (isEmpty || (marker[1] !== undefined && Number(marker[1]) !== 1))) return null
    if (isParagraph && underline.test(rest)) return null
    this.#close(matched)
    cursor.moveBeyond(next, length)
    const { indent } = cursor.next()
    const padding = isEmpty || indent > 4 ? 1 : indent
    cursor.skipColumns(padding)
    this.#containers.push({ kind: 'item', columns: next.indent + length + padding, isEmpty })
    return matched + 1
  }

  /** Opens or closes a block whose first line says all: a heading, a rule, a fence, raw HTML. */
  #openLeaf(
    cursor: LineCursor,
    next: { at: number; indent: number },
    { matched, isParagraph, isLazy }: { matched: number; isParagraph: boolean; isLazy: boolean },
  ): boolean {
    const rest = cursor.restFrom(next.at)
    if (isParagraph && underline.test(rest)) {
      this.#open = null
      return true
    }
    const fenced = fenceAt(rest)
    const html = fenced === null ? htmlBlockEnd(rest, isParagraph || isLazy) : undefined
    if (fenced === null && html === undefined && !heading.test(rest) && !rule.test(rest)) return false
    this.#close(matched)
    this.#open = null
    if (fenced !== null) this.#open = { kind: 'fence', marker: fenced[0] ?? '`', size: fenced.length }
    else if (html !== undefined) {
      const leaf = this.#newLeaf('html', this.#piece(cursor, next, matched))
      if (html === null || !html.test(rest)) this.#open = { kind: 'html', leaf, end: html }
    } else if (heading.test(rest)) this.#newLeaf('inline', this.#piece(cursor, next, matched))
    return true
  }

  /** Adds a line of text: to the paragraph that is open, to a new one, or to none, if it is indented code. */
  #addText(cursor: LineCursor, { matched, isContinued }: { matched: number; isContinued: boolean }): void {
    const next = cursor.next()
    if (isContinued && this.#open?.kind === 'inline') {
      this.#open.leaf.pieces.push(this.#piece(cursor, next, matched))
      return
    }
    this.#close(matched)
    this.#open = null
    if (next.indent > 3) return // code
    this.#open = { kind: 'inline', leaf: this.#newLeaf('inline', this.#piece(cursor, next, matched)) }
  }

  /** Closes the containers that did not go on in this line, with the block that was open in them. */
  #close(matched: number): void {
    if (matched === this.#containers.length) return
    this.#containers.length = matched
    this.#open = null
  }

  #newLeaf(kind: Leaf['kind'], piece: Piece): Leaf {
    const leaf: Leaf = { kind, pieces: [piece] }
    this.leaves.push(leaf)
    return leaf
  }

  /** The rest of a line that stands in so many containers. */
  #piece(cursor: LineCursor, { at, indent }: { at: number; indent: number }, depth: number): Piece {
    const isQuoted = this.#containers.slice(0, depth).some(({ kind }) => kind === 'quote')
    return { from: at, to: cursor.end, isQuoted, depth, indent }
  }
}

/** The characters that open a fence in this line, or null. What follows backticks must hold none. */
function fenceAt(line: string): string | null {
  const [fenced] = fence.exec(line) ?? []
  return fenced === undefined || (fenced.startsWith('`') && line.includes('`', fenced.length)) ? null : fenced
}
