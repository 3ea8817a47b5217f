import { z } from 'zod'

const pauseMs = 20_000 // between signs of life; proxies give up after a minute, the channel after two and a half
const slowBytes = 1_048_576 // a reader that leaves more than this untaken is let go, and resumes

const frame = z.object({ type: z.string(), data: z.record(z.string(), z.unknown()), seq: z.int().optional() })
type Frame = z.infer<typeof frame>

/**
 * What a native socket hears, as Server-Sent Events: `welcome` first, then each logged event with its seq as `id`,
 * comments as signs of life, and `end` with the reason when the channel sends the listener away.
 */
export function serverSentEvents(socket: WebSocket): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let life: ReturnType<typeof setInterval> | null = null
  const leave = () => {
    if (life !== null) clearInterval(life)
    socket.close(1000)
  }
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const say = (text: string) => {
          controller.enqueue(encoder.encode(text))
          if ((controller.desiredSize ?? 0) > -slowBytes) return
          leave()
          controller.error(new Error('the reader is too slow'))
        }
        socket.addEventListener('message', ({ data }) => {
          const text = framesIn(String(data)).map(eventText).join('')
          if (text !== '') say(text)
        })
        socket.addEventListener('close', ({ code, reason }) => {
          leave()
          try {
            say(`event: end\ndata: ${JSON.stringify({ code, reason })}\n\n`)
            controller.close()
          } catch {
            // The reader went first.
          }
        })
        life = setInterval(() => {
          socket.send('{"type":"ping"}') // answered by the runtime: no object wakes for it
          say(': \n\n')
        }, pauseMs)
        socket.accept()
      },
      cancel: leave,
    },
    { highWaterMark: 0, size: chunk => chunk.byteLength },
  )
}

/** The server may send one frame, or a list of them. */
function framesIn(text: string): Frame[] {
  const json: unknown = JSON.parse(text)
  return z.array(frame.loose()).parse(Array.isArray(json) ? json : [json])
}

function eventText(said: Frame): string {
  if (said.seq !== undefined) return `id: ${said.seq}\nevent: ${said.type}\ndata: ${JSON.stringify(said)}\n\n`
  if (said.type === 'history') return z.array(frame.loose()).parse(said.data.events).map(eventText).join('')
  if (said.type !== 'welcome') return ''
  const { epoch, head, earliest, recovered } = said.data
  return `retry: 2000\nevent: welcome\ndata: ${JSON.stringify({ epoch, head, earliest, recovered })}\n\n`
}
