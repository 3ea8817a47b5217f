import { exports } from 'cloudflare:workers'
import type { Frame } from './test-room.ts'

/** Opens a socket of the native dialect to a circle inside workerd, and records the frames it receives. */
export async function member(path: string, name = 'ada') {
  const headers = { upgrade: 'websocket', 'sec-websocket-protocol': 'circles.v1' }
  const response = await exports.default.fetch(`https://circles.test${path}?name=${name}`, { headers })
  const socket = response.webSocket
  if (!socket) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  const frames: Frame[] = []
  let wake = () => {}
  let isClosed = false
  let commands = 0
  socket.addEventListener('message', ({ data }) => {
    const received: unknown = JSON.parse(String(data))
    frames.push(...((Array.isArray(received) ? received : [received]) as Frame[]))
    wake()
  })
  socket.addEventListener('close', () => {
    isClosed = true
    wake()
  })
  socket.accept()
  return {
    frames,
    /** Sends a command and returns its id. */
    command(type: string, data: object = {}): string {
      const id = `${name}-${++commands}-${Math.random().toString(36).slice(2)}`
      socket.send(JSON.stringify({ type, id, data }))
      return id
    },
    /** Resolves with the first matching frame, also an earlier one; null if the socket closed without it. */
    async until(fits: (frame: Frame, index: number) => boolean): Promise<Frame | null> {
      while (true) {
        const found = frames.find(fits)
        if (found || isClosed) return found ?? null
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    },
    close: () => socket.close(1000),
  }
}

/** An open socket of a member. */
export type Member = Awaited<ReturnType<typeof member>>

/** Matches the frames of one type. */
export const isOf = (type: string) => (frame: Frame) => frame.type === type
