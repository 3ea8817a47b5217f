import type { HttpContext } from './context.ts'
import { type Failure, failure } from './errors.ts'

const notOfThePage = /^\/(api|ws)(\/|$)|\/\// // of programs; and what the assets would redirect

/**
 * Answers a path that no route takes: with a file of the page, with the page itself for a browser that navigates, and
 * otherwise with 404. A program must never take the page for an answer.
 */
export async function servePage({ env, req }: HttpContext): Promise<Response> {
  const { raw: request } = req
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const isPage = !notOfThePage.test(new URL(request.url).pathname)
  if (env.ASSETS === undefined || !isRead || !isPage || request.headers.has('upgrade')) return noSuchPath()
  const file = await env.ASSETS.fetch(request)
  if (file.status !== 404) return file
  if (!isNavigation(request)) return noSuchPath()
  return env.ASSETS.fetch(new Request(new URL('/', request.url), request))
}

function isNavigation({ headers }: Request): boolean {
  return /\btext\/html\b/i.test(headers.get('accept') ?? '')
}

function noSuchPath(): Failure {
  return failure('not_found', 'There is no such path.')
}
