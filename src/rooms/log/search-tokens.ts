/** A word as the index knows it, and the part of the text that it stands for: [from, to). */
export type Token = { word: string; from: number; to: number }

// Scripts whose letters Unicode lets a line break between (UAX #14: classes SA, AK, AS, ID, CJ and H2), for they put no
// spaces between words, or as Hangul write endings to them; and two that are written so by tradition. Every character is
// a word of its own.
const scripts = [
  ...['Thai', 'Laoo', 'Khmr', 'Mymr', 'Tale', 'Talu', 'Lana', 'Tavt', 'Ahom'], // SA
  ...['Bali', 'Java', 'Brah', 'Gran', 'Diak', 'Kawi', 'Batk', 'Cham', 'Maka'], // AK and AS
  ...['Hani', 'Hira', 'Kana', 'Bopo', 'Hang', 'Yiii', 'Tang', 'Nshu', 'Kits'], // ID, CJ and H2
  ...['Sund', 'Bugi'],
]
const unspaced = new RegExp(`^(?=[\\p{L}\\p{M}\\p{N}])[${scripts.map(script => `\\p{scx=${script}}`).join('')}]$`, 'u')
const wordCharacter = /^[\p{L}\p{M}\p{N}]$/u
const ignorable = /^\p{Default_Ignorable_Code_Point}+$/u // such as the zero-width space between Thai words
const accent = /[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g

// An emoji with what belongs to it, or a character with its marks; only these may change when a text is normalised.
const emoji = String.raw`\p{RI}\p{RI}|\p{Extended_Pictographic}(?:[\p{EMod}\ufe0e\ufe0f]|[\u{e0020}-\u{e007f}]|\u200d\p{Extended_Pictographic})*`
const marks = String.raw`[\p{M}\uff9e\uff9f\u1160-\u11ff]*`
const cluster = new RegExp(`(?<emoji>${emoji})|[\\s\\S]${marks}`, 'gu')

/** Stands between two characters of such a script that are not beside each other. */
const gap = '\ue001'
const encoded = '\ue000' // begins a word that is written as the hexadecimal numbers of its characters

/**
 * The words of a text: what people would look for, in one spelling. Upper and lower case, accents, full width, ligatures
 * and the other forms of compatibility (NFKC) are the same word. Linear in the length.
 */
export function tokensOf(text: string): Token[] {
  const tokenizer = new Tokenizer()
  for (const { 0: part, index, groups } of text.matchAll(cluster)) {
    tokenizer.add(part, index, groups?.emoji !== undefined)
  }
  return tokenizer.tokens.map(token => ({ ...token, word: spell(token.word) }))
}

class Tokenizer {
  readonly tokens: Token[] = []
  #word: Token | null = null // the last token, if it goes on
  #isUnspaced = false // the last token is a character of such a script
  #reach = 0 // the end of the last token, and of what is not seen behind it

  /** Reads the next part of the text. */
  add(part: string, from: number, isEmoji: boolean): void {
    const to = from + part.length
    if (isEmoji) this.#push({ word: encode(part.replace(/[\ufe0e\ufe0f]/g, '')), from, to })
    else if (!ignorable.test(part)) for (const character of fold(part)) this.#addCharacter(character, from, to)
    else if (this.#reach === from) this.#reach = to
  }

  #addCharacter(character: string, from: number, to: number): void {
    if (ignorable.test(character)) return
    if (unspaced.test(character)) {
      if (this.#isUnspaced && this.#reach < from) this.#push({ word: gap, from, to: from })
      this.#push({ word: character, from, to })
      this.#isUnspaced = true
    } else if (!wordCharacter.test(character)) this.#word = null
    else if (this.#word === null) {
      this.#word = this.#push({ word: character, from, to })
    } else {
      this.#word.word += character
      this.#word.to = to
      this.#reach = to
    }
  }

  #push(token: Token): Token {
    this.tokens.push(token)
    this.#word = null
    this.#isUnspaced = false
    this.#reach = token.to
    return token
  }
}

/** One spelling of a character. `ẞ`, `ß` and `ss` are the same (only `ß` has a capital of two), and so are all sigmas. */
function fold(part: string): string {
  if (/^[\x00-\x7f]$/.test(part)) return part.toLowerCase()
  const bare = part.normalize('NFKD').replace(accent, '').normalize('NFKC')
  return bare.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ').replace(accent, '')
}

/** SQLite's tables of Unicode are older than ours: what is not in the basic plane is written in numbers. */
function spell(word: string): string {
  return /[\ud800-\udfff]/.test(word) ? encode(word) : word
}

function encode(word: string): string {
  return encoded + Array.from(word, character => (character.codePointAt(0) ?? 0).toString(16).padStart(6, '0')).join('')
}

/** The text to index. */
export function indexText(text: string): string {
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase() // the tokenizer of the index finds the same words
  return tokensOf(text)
    .map(({ word }) => word)
    .join(' ')
}
