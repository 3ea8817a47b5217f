import type { TurnPart } from '../../protocol/turns.ts'

/** Unwinds an agent's function when its reply is no longer needed. */
export class TurnAborted extends Error {}

/** The writing end of a reply: a byte stream of NDJSON, and `send`, which waits while the reader is behind. */
export type TurnWriter = {
  readonly stream: ReadableStream<Uint8Array>
  readonly signal: AbortSignal // aborted when the reader cancels, or after `close`
  send(part: TurnPart): Promise<void>
  close(): void
}

/** Opens the writing end of a reply. Its stream is a byte stream, since no other crosses a service binding. */
export function openTurnWriter(): TurnWriter {
  const encoder = new TextEncoder()
  const ended = new AbortController()
  let controller: ReadableByteStreamController | undefined
  let drained = Promise.withResolvers<void>()
  const stream = new ReadableStream(
    {
      type: 'bytes',
      start(byteController) {
        controller = byteController
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
    async send(part) {
      if (ended.signal.aborted) throw new TurnAborted('the reply has ended')
      controller?.enqueue(encoder.encode(`${JSON.stringify(part)}\n`))
      if ((controller?.desiredSize ?? 1) <= 0) await drained.promise
    },
    close() {
      if (ended.signal.aborted) return
      controller?.close()
      ended.abort('answered') // stops what the agent left running: `fetch` with the signal, and later sends
    },
  }
}
