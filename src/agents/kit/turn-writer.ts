import type { TurnPart } from '../../protocol/turns.ts'

/** Unwinds an agent's function when nobody needs its answer any more. */
export class TurnAborted extends Error {}

/** A byte stream for parts (only byte streams cross a service binding). `send` waits while the reader is behind. */
export function openTurnWriter() {
  const encoder = new TextEncoder()
  const ended = new AbortController()
  let controller: ReadableByteStreamController | undefined
  let drained = Promise.withResolvers<void>()
  const stream = new ReadableStream(
    {
      type: 'bytes',
      start(given) {
        controller = given
      },
      pull() {
        drained.resolve()
        drained = Promise.withResolvers()
      },
      cancel(reason) {
        ended.abort(reason)
        drained.resolve()
      },
    },
    { highWaterMark: 16_384 },
  )
  return {
    stream,
    signal: ended.signal,
    async send(part: TurnPart): Promise<void> {
      if (ended.signal.aborted) throw new TurnAborted('nobody listens any more')
      controller?.enqueue(encoder.encode(`${JSON.stringify(part)}\n`))
      if ((controller?.desiredSize ?? 1) <= 0) await drained.promise
    },
    close() {
      if (ended.signal.aborted) return
      controller?.close()
      ended.abort('answered') // whatever the author left running has nobody to talk to
    },
  }
}
