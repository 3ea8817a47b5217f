import { z } from 'zod'

const keepAliveMs = 20_000 // proxies give up after a minute, the channel after two and a half
const maxBufferedBytes = 1_048_576 // a reader that falls further behind is disconnected, and can resume

const frame = z.object({ type: z.string(), data: z.record(z.string(), z.unknown()), seq: z.int().optional() })
type Frame = z.infer<typeof frame>

/**
 * Turns a native socket into Server-Sent Events: `welcome` first, then each logged event with its seq as `id`, comments
 * that keep the connection alive, and `end` with the close code and reason when the channel closes the socket.
 */
export function serverSentEvents(socket: WebSocket): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let keepAlive: ReturnType<typeof setInterval> | null = null
  const disconnect = () => {
    if (keepAlive !== null) clearInterval(keepAlive)
    socket.close(1000)
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const write = (text: string) => {
          controller.enqueue(encoder.encode(text))
          if ((controller.desiredSize ?? 0) > -maxBufferedBytes) return
          disconnect()
          controller.error(new Error('the reader is too slow'))
        }
        socket.addEventListener('message', ({ data }) => {
          const text = readFrames(String(data)).map(formatEvent).join('')
          if (text !== '') write(text)
        })
        socket.addEventListener('close', ({ code, reason }) => {
          disconnect()
          try {
            write(`event: end\ndata: ${JSON.stringify({ code, reason })}\n\n`)
            controller.close()
          } catch {
            // The reader has disconnected already.
          }
        })
        keepAlive = setInterval(() => {
          socket.send('{"type":"ping"}') // the runtime answers it, without waking the object
          write(': \n\n')
        }, keepAliveMs)
        socket.accept()
      },
      cancel: disconnect,
    },
    { highWaterMark: 0, size: chunk => chunk.byteLength },
  )
}

/** The frames of one WebSocket message: it carries one frame, or a list of them. */
function readFrames(text: string): Frame[] {
  const json: unknown = JSON.parse(text)
  return z.array(frame.loose()).parse(Array.isArray(json) ? json : [json])
}

/** The Server-Sent Events of a frame; empty for frames that a stream does not carry. */
function formatEvent(received: Frame): string {
  const { type, data, seq } = received
  if (seq !== undefined) return `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(received)}\n\n`
  if (type === 'history') return z.array(frame.loose()).parse(data.events).map(formatEvent).join('')
  if (type !== 'welcome') return ''
  const { epoch, head, earliest, recovered } = data
  return `retry: 2000\nevent: welcome\ndata: ${JSON.stringify({ epoch, head, earliest, recovered })}\n\n`
}
