import { env } from 'cloudflare:workers'
import type { Env } from '../../src/env.ts'
import { app } from './app.ts'
import { aToken } from './tokens.ts'

const server = 'https://circles.test'
const underToken: Env = { ...env, AUTH: 'token' }

/** Sends a request to the Worker inside the runtime, with real objects, as a guest of this name. */
export async function askAs(name: string | null, method: string, path: string, body?: unknown, type?: string) {
  const query = name === null ? '' : `${path.includes('?') ? '&' : '?'}name=${name}`
  const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
  return readResponse(await app.fetch(requestOf(method, path + query, body, headers), env))
}

/** Sends a request to the Worker under the policy `token`, with a token that has these claims. */
export async function askWith(claims: Record<string, unknown>, method: string, path: string, body?: unknown) {
  const authorization = `Bearer ${await aToken(Date.now(), claims)}`
  return readResponse(await app.fetch(requestOf(method, path, body, { authorization }), underToken))
}

/** Opens a socket of the native dialect; `settings` replace those of the Worker. */
export function join(path: string, settings: Partial<Env> = {}) {
  return open(path, { upgrade: 'websocket', 'sec-websocket-protocol': 'circles.v1' }, settings)
}

/** Opens a socket of the plain dialect to a circle. */
export function joinPlain(circle: string, name: string) {
  return open(`/ws/circles/${circle}?name=${name}`, { upgrade: 'websocket' })
}

async function open(path: string, headers: Record<string, string>, settings: Partial<Env> = {}) {
  const { webSocket } = await app.fetch(new Request(`${server}${path}`, { headers }), { ...env, ...settings })
  if (webSocket === null) throw new Error(`${path} opened no socket`)
  const frames: { type: string; data: Record<string, unknown>; seq?: number }[] = []
  const closes: number[] = []
  webSocket.addEventListener('message', ({ data }) => void frames.push(...[JSON.parse(String(data))].flat())) // N1
  webSocket.addEventListener('close', ({ code }) => void closes.push(code))
  webSocket.accept()
  return { webSocket, frames, closes }
}

function requestOf(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Request {
  if (body === undefined) return new Request(server + path, { method, headers })
  const sent = typeof body === 'string' ? body : JSON.stringify(body)
  return new Request(server + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: sent,
  })
}

async function readResponse(response: Response) {
  const text = new TextDecoder().decode(await response.arrayBuffer()) // also of JSON lines, whose type is not `text/…`
  return {
    status: response.status,
    text,
    json: /^application\/json(;|$)/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : null,
  }
}
