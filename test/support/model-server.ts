import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Writes the response to one request of a test's server. */
export type Script = (response: ServerResponse, request: { body: string; headers: IncomingMessage['headers'] }) => void

/** Starts an HTTP server on loopback whose script responds as OpenAI's streaming chat completions do, or fails to. */
export async function modelServer(script: Script) {
  const requests: { body: string; headers: IncomingMessage['headers'] }[] = []
  const closed = Promise.withResolvers<void>() // when the first client disconnects
  const server = createServer(async (request, response) => {
    response.on('close', () => void (response.writableEnded || closed.resolve()))
    let body = ''
    for await (const chunk of request) body += chunk
    requests.push({ body, headers: request.headers })
    script(response, { body, headers: request.headers })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return {
    baseUrl,
    requests,
    hungUp: closed.promise,
    close: () => {
      server.closeAllConnections()
      return new Promise<void>(resolve => server.close(() => resolve()))
    },
  }
}

const frame = (data: object | string) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
const chunk = (rest: object) => ({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', ...rest })

export const delta = (content: string) => frame(chunk({ choices: [{ index: 0, delta: { content } }] }))
export const finish = (reason = 'stop') =>
  frame(chunk({ choices: [{ index: 0, delta: {}, finish_reason: reason }] })) +
  frame(chunk({ choices: [], usage: { prompt_tokens: 21, completion_tokens: 3, total_tokens: 24 } }))
export const done = frame('[DONE]')

/** Starts a response as an event stream. */
export function stream(response: ServerResponse, ...frames: string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const frame of frames) response.write(frame)
}
