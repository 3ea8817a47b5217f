const emojiShape =
  /^(?:\p{RI}\p{RI}|[0-9#*]\u20e3|(?!\p{RI})[\p{Extended_Pictographic}\p{So}\p{Sm}\p{Sc}](?:\p{EMod}|[\u{e0020}-\u{e007f}]|\u200d\p{Extended_Pictographic}\p{EMod}?)*)$/u
const selectors = /[\ufe0e\ufe0f]/g
// A character that is drawn as text unless a selector asks for an emoji. A skin tone asks for one, too.
const textDefault = /(?!\p{Emoji_Presentation})(\p{Emoji})(?!\p{EMod})/gu

/** The one spelling of an emoji, as Unicode recommends it, or null if the text is anything but one emoji or symbol. */
export function canonicalEmoji(text: string): string | null {
  const bare = text.trim().replace(selectors, '')
  if (bare.length > 64 || !emojiShape.test(bare) || bare === '\u2800' || bare === '\ufffc') return null
  return bare.replace(textDefault, '$1\ufe0f')
}
