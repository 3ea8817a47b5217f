/** One event of an event stream, or text that is none. */
export type StreamEvent = { name: string; data: string[] } | { stray: string }

const maxLine = 1_048_576 // characters

/**
 * Reads the events of a byte stream, as lenient as servers are careless: lines may end in any way, and the last event
 * needs no empty line. Comments and other fields are left out; lines that belong to no event stream are `stray`.
 */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StreamEvent, void, void> {
  let event = { name: '', data: [] as string[] }
  let length = 0 // of its data, in characters
  for await (const line of linesOf(chunks)) {
    const [, field = '', value = ''] = /^(data|event|id|retry|)(?:$|: ?(.*)$)/s.exec(line) ?? ['', 'none']
    if (line === '' && event.data.length > 0) yield event
    length = line === '' ? 0 : length + (field === 'data' ? value.length : 0)
    if (length > maxLine) throw new RangeError('An event of the stream is too long.')
    if (line === '') event = { name: '', data: [] }
    else if (field === 'none') yield { stray: line }
    else if (field === 'data') event.data.push(value)
    else if (field === 'event') event.name = value
  }
  if (event.data.length > 0) yield event
}

/** Yields the lines of UTF-8. Bytes that are none become U+FFFD, and a byte order mark is left out. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?=[^\n])/) // a last \r may be half
    rest = lines.pop() ?? ''
    yield* lines
    if (rest.length > maxLine) throw new RangeError('A line of the event stream is too long.')
  }
  yield* (rest + decoder.decode()).split(/\r$/, 1)
}
