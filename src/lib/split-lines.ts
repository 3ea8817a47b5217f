/** The lines of a stream of text, without what separates them; null: a line is longer than allowed. */
export async function* splitLines(
  body: ReadableStream<Uint8Array>,
  maxLength: number,
): AsyncGenerator<string | null, void, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield line.length > maxLength ? null : line
    if (rest.length > maxLength) yield null
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}
