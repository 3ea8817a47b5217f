import { limits } from '../protocol/limits.ts'
import { cleanText, fits } from '../protocol/text.ts'

const encoder = new TextEncoder()

/** Collects the text of a reply as it arrives: cleaned, well-formed, and never longer than a message may be. */
export class AnswerBuffer {
  #received = '' // as the agent sent it
  #text = '' // cleaned, as people see it
  #bytes = 0 // of the cleaned text
  #pending = '' // the first half of a surrogate pair whose second half is still to come
  #full = false
  readonly #maxBytes: number

  constructor(maxBytes: number = limits.content_bytes) {
    this.#maxBytes = maxBytes
  }

  /** Adds a delta and returns the part of it that people may see now, which can be empty. */
  add(delta: string): string {
    if (this.#full) return ''
    this.#received += delta
    const text = this.#pending + delta
    this.#pending = /[\ud800-\udbff]$/.exec(text)?.[0] ?? ''
    return this.#append(text.slice(0, text.length - this.#pending.length))
  }

  /**
   * Takes the agent's final content, which may repeat the whole text or be left out. Returns the part that people have
   * not seen yet, or null if it contradicts what they have seen.
   */
  finish(content = this.#received): string | null {
    if (this.#full) return ''
    if (!content.startsWith(this.#received)) return null
    const added = this.add(content.slice(this.#received.length))
    return added + this.#append(this.#pending) // half a pair that was never completed becomes U+FFFD
  }

  /** The text so far, as people see it. */
  get text(): string {
    return this.#text
  }

  /** Whether a part of the reply was left out. */
  get truncated(): boolean {
    return this.#full
  }

  #append(text: string): string {
    if (text === '' || this.#full) return ''
    const clean = cleanText(text.toWellFormed()) ?? ''
    const free = this.#maxBytes - this.#bytes
    const piece = fits(clean, free) ? clean : cut(clean, free)
    this.#full = piece !== clean || this.#received.length > 4 * this.#maxBytes // an endless stream of control characters
    this.#bytes += encoder.encode(piece).byteLength
    this.#text += piece
    return piece
  }
}

/** Returns as much of a text as fits into `maxBytes`, without splitting a character. */
function cut(text: string, maxBytes: number): string {
  const { read } = encoder.encodeInto(text, new Uint8Array(maxBytes))
  return text.slice(0, read)
}
