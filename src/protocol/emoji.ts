// One skin tone, on what has a skin; the letters of a region, which cannot be seen, on a flag. Else one emoji would have many
// spellings.
const emojiShape =
  /^(?:\p{RI}\p{RI}|[0-9#*]\u20e3|\u{1f3f4}[\u{e0030}-\u{e007a}]{3,6}\u{e007f}|(?:\p{EBase}\p{EMod}?|(?!\p{RI})[\p{Extended_Pictographic}\p{So}\p{Sm}\p{Sc}])(?:\u200d(?:\p{EBase}\p{EMod}?|\p{Extended_Pictographic}))*)$/u
const selectors = /[\ufe0e\ufe0f]/g
// A character that is drawn as text unless a selector asks for an emoji. A skin tone asks for one, too.
const textDefault = /(?!\p{Emoji_Presentation})(\p{Emoji})(?!\p{EMod})/gu

/** The one spelling of an emoji, as Unicode recommends it, or null if the text is anything but one emoji or symbol. */
export function canonicalEmoji(text: string): string | null {
  const bare = text.trim().replace(selectors, '')
  if (bare.length > 64 || !emojiShape.test(bare) || bare === '\u2800' || bare === '\ufffc') return null
  return bare.replace(textDefault, '$1\ufe0f')
}
