/** Yields the lines of a byte stream of UTF-8 without their line feeds, and null for a line that is longer than allowed. */
export async function* splitLines(
  body: AsyncIterable<Uint8Array>,
  maxLength: number, // characters
): AsyncGenerator<string | null, void, void> {
  const decoder = new TextDecoder() // keeps a character that two chunks share
  let rest = ''
  for await (const chunk of body) {
    const lines = decoder.decode(chunk, { stream: true }).split('\n') // only the new text: a long line stays linear
    lines[0] = rest + lines[0]
    rest = lines.pop() ?? ''
    for (const line of lines) yield line.length > maxLength ? null : line
    if (rest.length > maxLength) yield null
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}
