/** Yields the lines of a byte stream of UTF-8 without their line feeds, and null for a line that is longer than allowed. */
export async function* splitLines(
  body: AsyncIterable<Uint8Array>,
  maxLength: number, // characters
  decode = lenientDecoder(),
): AsyncGenerator<string | null, void, void> {
  let rest = ''
  for await (const chunk of body) {
    const lines = decode(chunk).split('\n') // only the new text: a long line stays linear
    lines[0] = rest + lines[0]
    rest = lines.pop() ?? ''
    for (const line of lines) yield line.length > maxLength ? null : line
    if (rest.length > maxLength) yield null
  }
  rest += decode()
  if (rest !== '') yield rest
}

/** Decodes chunks of UTF-8, and without one, what is left: a character that two chunks share is kept until then. */
function lenientDecoder(): (chunk?: Uint8Array) => string {
  const decoder = new TextDecoder()
  return chunk => decoder.decode(chunk, { stream: chunk !== undefined })
}
