import { limits } from '../protocol/limits.ts'
import { cleanText, fits } from '../protocol/text.ts'

const encoder = new TextEncoder()

/** The text of an answer as it grows: clean, well-formed, and never over the limit of a line. */
export class AnswerBuffer {
  #said = '' // as it came
  #shown = '' // as everybody sees it
  #bytes = 0 // of what is shown
  #held = '' // the first half of a character whose second half is still to come
  #full = false
  readonly #maxBytes: number

  constructor(maxBytes: number = limits.content_bytes) {
    this.#maxBytes = maxBytes
  }

  /** Takes what the agent said next and returns what of it everybody may see; `''` if there is nothing yet. */
  add(said: string): string {
    if (this.#full) return ''
    this.#said += said
    const text = this.#held + said
    this.#held = /[\ud800-\udbff]$/.exec(text)?.[0] ?? ''
    return this.#show(text.slice(0, text.length - this.#held.length))
  }

  /**
   * Takes the agent's last word, which may repeat everything or be left out, and returns what of it was not shown
   * yet; null if it contradicts what everybody has seen already.
   */
  finish(whole = this.#said): string | null {
    if (this.#full) return ''
    if (!whole.startsWith(this.#said)) return null
    const shown = this.add(whole.slice(this.#said.length))
    return shown + this.#show(this.#held) // half a character that was never finished is shown as broken
  }

  get text(): string {
    return this.#shown
  }

  /** Something had to be left out. */
  get truncated(): boolean {
    return this.#full
  }

  #show(text: string): string {
    if (text === '' || this.#full) return ''
    const clean = cleanText(text.toWellFormed()) ?? ''
    const room = this.#maxBytes - this.#bytes
    const piece = fits(clean, room) ? clean : cut(clean, room)
    this.#full = piece !== clean || this.#said.length > 4 * this.#maxBytes // nothing but control characters
    this.#bytes += encoder.encode(piece).byteLength
    this.#shown += piece
    return piece
  }
}

/** As much of a text as fits into so many bytes, without breaking a character. */
function cut(text: string, maxBytes: number): string {
  const { read } = encoder.encodeInto(text, new Uint8Array(maxBytes))
  return text.slice(0, read)
}
