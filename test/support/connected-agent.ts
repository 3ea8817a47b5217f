import { exports } from 'cloudflare:workers'
import { expect } from 'vitest'

export const origin = 'http://127.0.0.1:8787'

/** Sends a request from this machine. */
export function request(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const json = body === undefined ? {} : { body: JSON.stringify(body) }
  const all = { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }
  return exports.default.fetch(`${origin}${path}`, { method, headers: all, ...json })
}

/** Makes an agent; returns its key. */
export async function make(id: string, about: object = {}): Promise<string> {
  const response = await request('POST', '/api/agents', { id, ...about })
  expect(response.status).toBe(201)
  return ((await response.json()) as { key: string }).key
}

/** Connects with a key; without a socket: the refusal. */
export async function connectAs(id: string, key: string) {
  const headers = { upgrade: 'websocket', 'sec-websocket-protocol': `circles.agent.v1, key.${key}` }
  const response = await exports.default.fetch(`${origin}/ws/agents/${id}/connect`, { headers })
  const socket = response.webSocket
  if (socket === null) return { status: response.status, error: (await response.json()) as object }
  const frames: { type: string; data: Record<string, unknown> }[] = []
  const closed = Promise.withResolvers<number>()
  let wake = () => {}
  socket.addEventListener('message', ({ data }) => {
    frames.push(JSON.parse(String(data)))
    wake()
  })
  socket.addEventListener('close', ({ code }) => closed.resolve(code))
  socket.accept()
  const next = async (type: string) => {
    while (true) {
      const index = frames.findIndex(frame => frame.type === type)
      if (index >= 0) return frames.splice(index, 1)[0]?.data ?? {}
      await new Promise<void>(resolve => {
        wake = resolve
      })
    }
  }
  const part = (call: unknown, data: object) =>
    socket.send(JSON.stringify({ type: 'part', data: { call, part: data } }))
  return { status: 101, socket, frames, closed: closed.promise, next, part }
}

/** Connects as an agent, and collects the frames it receives. */
export async function connected(id: string, key: string) {
  const agent = await connectAs(id, key)
  if (agent.socket === undefined) throw new Error(`expected a socket, got ${JSON.stringify(agent)}`)
  return agent
}
