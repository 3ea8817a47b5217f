/** A word as the index knows it, and the part of the text that it stands for: [from, to). */
export type Token = { word: string; from: number; to: number }

// Scripts that put no spaces between words, and Hangul, whose words carry endings: every character is a word of its own.
const scripts = [
  'Han',
  'Hira',
  'Kana',
  'Bopo',
  'Hang',
  'Thai',
  'Lao',
  'Khmr',
  'Mymr',
  'Tale',
  'Talu',
  'Lana',
  'Tavt',
  'Yiii',
]
const unspaced = new RegExp(`^(?=[\\p{L}\\p{M}\\p{N}])[${scripts.map(script => `\\p{scx=${script}}`).join('')}]$`, 'u')
const wordCharacter = /^[\p{L}\p{M}\p{N}]$/u
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
  const tokens: Token[] = []
  let word: Token | null = null // that goes on
  let isUnspaced = false // the last token is a character of such a script
  for (const { 0: part, index: from, groups } of text.matchAll(cluster)) {
    const to = from + part.length
    if (groups?.emoji !== undefined) {
      tokens.push({ word: encode(part.replace(/[\ufe0e\ufe0f]/g, '')), from, to })
      word = null
      isUnspaced = false
      continue
    }
    for (const character of fold(part)) {
      if (unspaced.test(character)) {
        if (isUnspaced && (tokens.at(-1)?.to ?? from) < from) tokens.push({ word: gap, from, to: from })
        tokens.push({ word: spell(character), from, to })
        word = null
        isUnspaced = true
      } else if (!wordCharacter.test(character)) word = null
      else if (word === null) {
        word = { word: character, from, to }
        tokens.push(word)
        isUnspaced = false
      } else {
        word.word += character
        word.to = to
      }
    }
  }
  for (const token of tokens) token.word = spell(token.word)
  return tokens
}

/** One spelling of a character. `ß` and `ss` are the same, and so are all sigmas. */
function fold(part: string): string {
  if (/^[\x00-\x7f]$/.test(part)) return part.toLowerCase()
  const bare = part.normalize('NFKD').replace(accent, '').normalize('NFKC')
  return bare.toUpperCase().toLowerCase().replaceAll('ς', 'σ').replace(accent, '')
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
