const accent = '\u0301'

/** Returns a message in ICU MessageFormat with an accent on each letter of its words, and its arguments as they were. */
export function pseudoMessage(message: string): string {
  let depth = 0 // within braces; what is in an argument is no word, and what is in a branch of it is
  return [...message]
    .map(char => {
      if (char === '{') depth++
      if (char === '}') depth--
      return depth % 2 === 0 && /[a-z]/i.test(char) ? char + accent : char
    })
    .join('')
}

/** Returns the words of a text without that accent: what the page did not take from a catalogue. */
export const plainWords = (text: string): string[] => text.match(/(?<![\p{L}\p{M}])[a-z]{2,}(?![\p{L}\p{M}])/giu) ?? []
