/** Makes a text safe to quote: an invisible character behind each `@` keeps `@owl` from prompting that agent. */
export function escapeMentions(text: string): string {
  return text.replaceAll('@', '@\u2060')
}
