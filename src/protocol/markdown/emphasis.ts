/** A run of `*` or `_` that may begin or end emphasis. It shrinks as its characters are used. */
export type Run = {
  at: number
  size: number
  marker: string
  opens: boolean
  closes: boolean
  previous: Run | null
  next: Run | null
}

/** Hides a part of the text that is being read. */
export type Hide = (from: number, to: number) => void

/** Runs of emphasis in the order of the text. */
export class Emphasis {
  #last: Run | null = null
  readonly #hide: Hide

  /** `hide` is called for the characters that begin or end emphasis. */
  constructor(hide: Hide) {
    this.#hide = hide
  }

  /** The last run that was not resolved yet. */
  get last(): Run | null {
    return this.#last
  }

  /** Adds the run at `at`, and returns its end. */
  add(content: string, at: number): number {
    const marker = content[at] ?? ''
    let end = at + 1
    while (content[end] === marker) end++
    const before = kindOf(content[at - 1])
    const after = kindOf(content[end])
    const left = after === 'other' || (after === 'punctuation' && before !== 'other') || isMarker(content[end])
    const right = before === 'other' || (before === 'punctuation' && after !== 'other') || isMarker(content[at - 1])
    const opens = marker === '*' ? left : left && (before !== 'other' || !right)
    const closes = marker === '*' ? right : right && (after !== 'other' || !left)
    if (!opens && !closes) return end
    const run: Run = { at, size: end - at, marker, opens, closes, previous: this.#last, next: null }
    if (this.#last !== null) this.#last.next = run
    this.#last = run
    return end
  }

  /** Pairs the runs after `bottom`, hides what they use, and forgets them. */
  resolve(bottom: Run | null): void {
    const searched = new Map<string, number>() // such closers have no opener before this place
    let closer = bottom === null ? this.#first() : bottom.next
    while (closer !== null) {
      const key = `${closer.marker}${closer.opens}${closer.size % 3}`
      const opener = closer.closes ? openerOf(closer, bottom, searched.get(key) ?? 0) : null
      if (opener !== null) {
        closer = this.#pair(opener, closer)
        continue
      }
      if (closer.closes) searched.set(key, closer.at)
      const { next } = closer
      if (closer.closes && !closer.opens) this.#remove(closer)
      closer = next
    }
    this.#last = bottom
    if (bottom !== null) bottom.next = null
  }

  /** Uses one or two characters of each; returns the run to go on with. */
  #pair(opener: Run, closer: Run): Run | null {
    const used = opener.size > 1 && closer.size > 1 ? 2 : 1
    opener.size -= used
    closer.size -= used
    this.#hide(opener.at + opener.size, opener.at + opener.size + used)
    this.#hide(closer.at, closer.at + used)
    closer.at += used
    opener.next = closer // the runs between them are inside, and done
    closer.previous = opener
    if (opener.size === 0) this.#remove(opener)
    if (closer.size > 0) return closer
    this.#remove(closer)
    return closer.next
  }

  #remove({ previous, next }: Run): void {
    if (previous !== null) previous.next = next
    if (next !== null) next.previous = previous
    else this.#last = previous
  }

  #first(): Run | null {
    let run = this.#last
    while (run?.previous) run = run.previous
    return run
  }
}

function openerOf(closer: Run, bottom: Run | null, from: number): Run | null {
  for (let run = closer.previous; run !== null && run !== bottom && run.at >= from; run = run.previous) {
    if (run.marker !== closer.marker || !run.opens) continue
    const isOdd = (run.closes || closer.opens) && closer.size % 3 !== 0 && (run.size + closer.size) % 3 === 0
    if (!isOdd) return run
  }
  return null
}

function kindOf(char: string | undefined): 'space' | 'punctuation' | 'other' {
  if (char === undefined || /\s/.test(char)) return 'space'
  return /[\p{P}\p{S}]/u.test(char) ? 'punctuation' : 'other'
}

function isMarker(char: string | undefined): boolean {
  return char === '*' || char === '_' || char === '~'
}
