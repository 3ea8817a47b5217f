/** A byte stream of these chunks, each produced when it is read; strings are UTF-8. */
export function streamOf(...chunks: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  const left = chunks.map(chunk => (typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk))
  return new ReadableStream({
    pull(controller) {
      const next = left.shift()
      if (next) controller.enqueue(next)
      else controller.close()
    },
  })
}

/** The NDJSON stream of a reply, with a line for each part. */
export function replyOf(...parts: object[]): ReadableStream<Uint8Array> {
  return streamOf(...parts.map(part => `${JSON.stringify(part)}\n`))
}

/** A stream to which a test sends parts by hand, and a promise of the reason for which its reader cancels it. */
export function openStream() {
  const encoder = new TextEncoder()
  const cancelled = Promise.withResolvers<unknown>()
  const started = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>()
  const stream = new ReadableStream<Uint8Array>({
    start: controller => started.resolve(controller),
    cancel: reason => cancelled.resolve(reason),
  })
  return {
    stream,
    cancelled: cancelled.promise,
    send: async (part: object) => (await started.promise).enqueue(encoder.encode(`${JSON.stringify(part)}\n`)),
    fail: async (error: unknown) => (await started.promise).error(error),
  }
}
