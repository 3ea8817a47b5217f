import * as z from 'zod/v4'
import { type CloseName, closeCodes } from '../../protocol/close-codes.ts'
import type { Delivery, Subscriber } from '../../rooms/object/subscriber.ts'

const keepAliveMs = 20_000 // proxies give up after a minute, the channel after two and a half
const maxBufferedBytes = 1_048_576 // a reader that falls further behind is disconnected, and can resume

const frame = z.object({ type: z.string(), data: z.looseObject({}), seq: z.int().optional() })
type Frame = z.infer<typeof frame>

/** What a stream carries besides logged events. */
type StreamOptions = { signals?: boolean }

/**
 * A session's connection by Server-Sent Events: `welcome` first, then each logged event with its seq as `id`, and `end`
 * with the close code and reason. Of ephemeral frames it has signals, if it was asked for them.
 */
export class EventStream implements Subscriber {
  readonly body: ReadableStream<Uint8Array>
  readonly #encoder = new TextEncoder()
  readonly #onDisconnect: () => void
  readonly #options: StreamOptions
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null

  /** `onDisconnect` is called when the reader is gone, or too slow. */
  constructor(onDisconnect: () => void, options: StreamOptions = {}) {
    this.#onDisconnect = onDisconnect
    this.#options = options
    this.body = new ReadableStream<Uint8Array>(
      {
        start: controller => {
          this.#controller = controller
        },
        cancel: () => this.#disconnect(),
      },
      { highWaterMark: 0, size: chunk => chunk.byteLength },
    )
  }

  deliver(_session: string, { frames }: Pick<Delivery, 'frames'>): void {
    const text = frames.flatMap(one => readFrames(String(one)).map(frame => formatEvent(frame, this.#options))).join('')
    if (text !== '') this.#write(text)
  }

  close(_session: string, code: CloseName, reason: string): void {
    this.end(closeCodes[code][0], reason)
  }

  /** Ends the stream; the reader learns why. */
  end(code: number, reason: string): void {
    this.#write(`event: end\ndata: ${JSON.stringify({ code, reason })}\n\n`)
    this.#controller?.close()
    this.#controller = null
  }

  /** Sends a comment, which keeps proxies from closing the connection. */
  keepAlive(): void {
    this.#write(': \n\n')
  }

  lastPingAt(): number {
    return 0 // a reader sends nothing
  }

  backlog(): number {
    return Math.max(0, -(this.#controller?.desiredSize ?? 0))
  }

  confirmReceived(): void {}

  #write(text: string): void {
    if (this.#controller === null) return
    this.#controller.enqueue(this.#encoder.encode(text))
    if (this.backlog() < maxBufferedBytes) return
    this.#controller.error(new Error('the reader is too slow'))
    this.#disconnect()
  }

  #disconnect(): void {
    this.#controller = null
    this.#onDisconnect()
  }
}

/** Turns a native socket into an event stream. */
export function serverSentEvents(socket: WebSocket, options: StreamOptions): ReadableStream<Uint8Array> {
  const keepAlive = setInterval(() => {
    socket.send('{"type":"ping"}') // the runtime answers it, without waking the object
    stream.keepAlive()
  }, keepAliveMs)
  const disconnect = () => {
    clearInterval(keepAlive)
    socket.close(1000)
  }
  const stream = new EventStream(disconnect, options)
  socket.addEventListener('message', ({ data }) => stream.deliver('', { frames: [String(data)] }))
  socket.addEventListener('close', ({ code, reason }) => {
    disconnect()
    stream.end(code, reason)
  })
  socket.accept()
  return stream.body
}

/** The frames of one WebSocket message: it carries one frame, or a list of them. */
function readFrames(text: string): Frame[] {
  const json: unknown = JSON.parse(text)
  return z.array(frame.loose()).parse(Array.isArray(json) ? json : [json])
}

/** The Server-Sent Events of a frame; empty for frames that a stream does not carry. */
function formatEvent(received: Frame, options: StreamOptions): string {
  const { type, data, seq } = received
  if (seq !== undefined) return `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(received)}\n\n`
  if (type === 'history')
    return z
      .array(frame.loose())
      .parse(data.events)
      .map(event => formatEvent(event, options))
      .join('')
  if (type === 'signal' && options.signals) return `event: signal\ndata: ${JSON.stringify(received)}\n\n`
  if (type !== 'welcome') return ''
  const { epoch, head, earliest, recovered } = data
  return `retry: 2000\nevent: welcome\ndata: ${JSON.stringify({ epoch, head, earliest, recovered })}\n\n`
}
