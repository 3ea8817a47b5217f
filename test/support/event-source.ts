/** One event of a stream of Server-Sent Events. */
export type Sent = { id: string | null; event: string; data: Record<string, unknown> }

/** Reads Server-Sent Events, one by one, until the stream ends or the caller stops. */
export async function* eventsOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Sent, void, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body ?? []) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const field = (name: string) => block.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1] ?? null
      const data = field('data')
      if (data !== null) yield { id: field('id'), event: field('event') ?? 'message', data: JSON.parse(data) }
    }
  }
}

/** Reads the next `count` events. */
export async function take(events: AsyncIterator<Sent, void>, count: number): Promise<Sent[]> {
  const received: Sent[] = []
  while (received.length < count) {
    const { value, done } = await events.next()
    if (done || value === undefined) throw new Error(`the stream ended after ${received.length} of ${count} events`)
    received.push(value)
  }
  return received
}
