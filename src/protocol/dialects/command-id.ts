const idValue = /\s*:\s*"([A-Za-z0-9_-]{1,64})"/y

/** Reads the id of a command whose frame is refused unread: in one pass, however large, deep or broken the text is. */
export function readCommandId(text: string): string | null {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 123 || code === 91) depth++
    else if (code === 125 || code === 93) depth--
    else if (code === 34) {
      const end = endOfString(text, index)
      idValue.lastIndex = end + 1
      const id = depth === 1 && text.slice(index, end + 1) === '"id"' ? idValue.exec(text)?.[1] : undefined
      if (id !== undefined) return id
      index = end
    }
  }
  return null
}

/** The index of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let index = start + 1
  while (index < text.length && text.charCodeAt(index) !== 34) index += text.charCodeAt(index) === 92 ? 2 : 1
  return index
}
