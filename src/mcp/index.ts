// The package entry `circles-rooms/mcp`: `circles({ mcp: () => import('circles-rooms/mcp') })`. It needs
// `@modelcontextprotocol/server`, and is loaded by the first request to `/mcp`.

import { createMcpHandler } from '@modelcontextprotocol/server'
import type { HttpContext } from '../http/context.ts'
import { failure } from '../http/errors.ts'
import { readText } from '../http/middleware/body.ts'
import { limits } from '../protocol/limits.ts'
import { nestsDeeperThan } from '../protocol/text.ts'
import { createServer } from './server.ts'

/** Answers a request to `/mcp` whose sender is known. It keeps nothing between requests, so any instance can answer. */
export async function serveMcp(context: HttpContext): Promise<Response> {
  const { raw: request } = context.req
  const { fetch } = createMcpHandler(() => createServer(context))
  if (request.body === null) return fetch(request)
  const text = await readText(request.body)
  if (text instanceof Response) return text
  if (nestsDeeperThan(text, limits.depth)) return failure('too_deep', `JSON nests at most ${limits.depth} levels deep.`)
  const { method, headers, signal } = request
  return fetch(new Request(request.url, { method, headers, signal, body: text }))
}
