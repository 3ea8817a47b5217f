/** Returns a text as a sentence: with a capital, and with a full stop unless it ends in a mark of its own. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return ''
  const [first = ''] = trimmed
  return `${first.toUpperCase()}${trimmed.slice(first.length)}${/[.!?…:]$/.test(trimmed) ? '' : '.'}`
}
