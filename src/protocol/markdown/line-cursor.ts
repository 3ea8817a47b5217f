const space = 32
const tab = 9

/** A position in one line of Markdown. Columns count a tab as the spaces up to the next multiple of four. */
export class LineCursor {
  readonly text: string
  readonly end: number // of the line, in the text
  #at: number
  #column = 0
  #rest: number // columns of a tab at `at` that are not consumed yet

  constructor(text: string, from: number, end: number) {
    this.text = text
    this.end = end
    this.#at = from
    this.#rest = 0
  }

  /** The place and the indentation (columns) of the next character that is no space. */
  next(): { at: number; indent: number; isBlank: boolean } {
    let at = this.#at
    let column = this.#column + this.#rest
    if (this.#rest > 0) at += 1
    for (; at < this.end; at++) {
      const code = this.text.charCodeAt(at)
      if (code === tab) column += 4 - (column % 4)
      else if (code === space) column += 1
      else break
    }
    return { at, indent: column - this.#column, isBlank: at >= this.end }
  }

  /** Moves to a character at the place `at`, found by `next`, and beyond it by `length` characters that are no tabs. */
  moveBeyond({ at, indent }: { at: number; indent: number }, length: number): void {
    this.#column += indent + length
    this.#at = at + length
    this.#rest = 0
  }

  /** Consumes at most so many columns of spaces. */
  skipColumns(count: number): void {
    while (count > 0 && this.#at < this.end) {
      if (this.#rest === 0) {
        const code = this.text.charCodeAt(this.#at)
        if (code === tab) this.#rest = 4 - (this.#column % 4)
        else if (code === space) this.#rest = 1
        else return
      }
      const taken = Math.min(count, this.#rest)
      count -= taken
      this.#column += taken
      this.#rest -= taken
      if (this.#rest === 0) this.#at += 1
    }
  }

  /** The rest of the line from a place found by `next`. */
  restFrom(at: number): string {
    return this.text.slice(at, this.end)
  }
}
