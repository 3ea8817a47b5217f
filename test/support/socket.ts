import { type EventEmitter, once } from 'node:events'
import WebSocket from 'ws'

/** A received frame, parsed. Anything but a JSON object becomes `{ type: 'text', text }`. */
export type Frame = { type: string; [key: string]: unknown }

/** A socket that records the frames it receives. */
export type Socket = AsyncDisposable & {
  frames: Frame[] // all frames received, in order
  texts: string[] // the same as text
  /** Sends a string as it is, anything else as JSON. */
  send(frame: unknown): void
  /** Resolves with the next matching frame; rejects if the socket closes first. */
  next(fits?: (frame: Frame) => boolean): Promise<Frame>
  closed: Promise<number> // the close code
  close(): Promise<number>
}

/** Opens a socket; rejects if the server refuses the upgrade. */
export async function openSocket(url: string, protocols: string[] = [], headers = {}): Promise<Socket> {
  const ws = new WebSocket(url, protocols, { headers })
  const frames: Frame[] = []
  const texts: string[] = []
  let read = 0
  let wake = () => {}
  let code: number | null = null
  ws.on('message', data => {
    texts.push(String(data))
    frames.push(...parse(String(data)))
    wake()
  })
  const closed = new Promise<number>(resolve => {
    const end = (closeCode: number) => {
      code ??= closeCode
      resolve(closeCode)
      wake()
    }
    ws.on('close', end)
    // The Close frame itself: the runtime ends the connection below when the object leaves memory, many seconds later.
    ws.on('open', () => (ws as unknown as { _receiver: EventEmitter })._receiver.on('conclude', end))
  })
  ws.on('error', () => {}) // `open` below rejects with it, later ones end in `closed`
  await once(ws, 'open')

  const close = () => {
    ws.close(1000)
    return closed
  }
  return {
    frames,
    texts,
    closed,
    close,
    send: frame => ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    async next(fits = () => true) {
      for (;;) {
        const found = frames.findIndex((frame, index) => index >= read && fits(frame))
        const frame = frames[found]
        if (frame) {
          read = found + 1
          return frame
        }
        if (code !== null)
          throw new Error(`closed with ${code} before the frame came; received ${JSON.stringify(frames)}`)
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    },
    async [Symbol.asyncDispose]() {
      await close()
    },
  }
}

/** Returns the status and body with which a server refuses an upgrade; throws if it accepts. */
export function refusalOf(
  url: string,
  protocols: string[] = [],
  headers = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(url, protocols, { headers })
    ws.on('error', () => {}) // `terminate` makes one
    ws.on('open', () => {
      ws.close()
      reject(new Error(`${url} was accepted`))
    })
    ws.on('unexpected-response', async (_, response) => {
      const parts: Buffer[] = []
      for await (const part of response) parts.push(part)
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() })
      ws.terminate()
    })
  })
}

function parse(text: string): Frame[] {
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value)) return value // a batch of frames
    if (isFrame(value)) return [value]
  } catch {
    // not JSON: the text dialect
  }
  return [{ type: 'text', text }]
}

function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
