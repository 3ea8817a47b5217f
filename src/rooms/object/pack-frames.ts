const frameCharacters = 65_536 // of one array; a text that is longer goes alone

/** JSON texts in as few JSON arrays as there can be, in their order (N1). One alone stays as it is. */
export function packFrames(texts: readonly string[]): string[] {
  const arrays: string[][] = []
  let characters = 0
  for (const text of texts) {
    characters += text.length
    const last = arrays.at(-1)
    if (last !== undefined && characters <= frameCharacters) last.push(text)
    else {
      arrays.push([text])
      characters = text.length
    }
  }
  return arrays.map(array => (array.length === 1 ? array.join() : `[${array.join()}]`))
}
