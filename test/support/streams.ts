/** A byte stream of these chunks, each given when it is asked for; strings are UTF-8. */
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

/** The stream of an NDJSON answer, a line per part. */
export function answerOf(...parts: object[]): ReadableStream<Uint8Array> {
  return streamOf(...parts.map(part => `${JSON.stringify(part)}\n`))
}

/** A stream that is fed by hand and tells whether its reader lost interest. */
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
    say: async (part: object) => (await started.promise).enqueue(encoder.encode(`${JSON.stringify(part)}\n`)),
    fail: async (error: unknown) => (await started.promise).error(error),
  }
}
