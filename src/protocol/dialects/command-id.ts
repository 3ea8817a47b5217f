const nameValue = /\s*:\s*"([A-Za-z0-9_-]{1,64})"/y

/** Reads the id of a command whose frame is refused unread: in one pass, however large, deep or broken the text is. */
export function readCommandId(text: string): string | null {
  return readTopLevel(text, '"id"')
}

/** Reads the type of a command before its frame is read. It is a hint: a frame may have the key twice. */
export function readCommandType(text: string): string | null {
  return readTopLevel(text, '"type"')
}

function readTopLevel(text: string, key: string): string | null {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 123 || code === 91) depth++
    else if (code === 125 || code === 93) depth--
    else if (code === 34) {
      const end = endOfString(text, index)
      nameValue.lastIndex = end + 1
      const value = depth === 1 && text.slice(index, end + 1) === key ? nameValue.exec(text)?.[1] : undefined
      if (value !== undefined) return value
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
