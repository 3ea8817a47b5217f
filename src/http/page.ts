import { canonicalName } from '../protocol/channels/channels.ts'
import type { ProtocolTables } from '../protocol/tables.ts'
import type { HttpContext } from './context.ts'
import { type Failure, failure } from './errors.ts'

const notOfThePage = /^\/(api|ws|mcp)(\/|$)|\/\// // of programs; and what the assets would redirect

/**
 * Answers a path that no route takes: with a file of the page, with the page itself for a browser that navigates, with
 * status 404 if it has nothing at that address, and with a JSON error for everybody else and for well-known files. A program
 * must never take the page for an answer.
 */
export async function servePage({ env, req, var: { tables } }: HttpContext): Promise<Response> {
  const { raw: request } = req
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  const { pathname } = new URL(request.url)
  const isPage = !notOfThePage.test(pathname)
  if (env.ASSETS === undefined || !isRead || !isPage || request.headers.has('upgrade')) return noSuchPath()
  const file = await env.ASSETS.fetch(request)
  if (file.status !== 404) return file
  if (!isNavigation(request) || pathname.startsWith('/.')) return noSuchPath()
  const shell = new URL('/', request.url)
  if (isPageOf(pathname, tables)) return env.ASSETS.fetch(new Request(shell, request))
  // The page says to people that there is no such page; the status says it to programs.
  const page = await env.ASSETS.fetch(new Request(shell, { method: request.method }))
  return new Response(page.body, { status: 404, headers: page.headers })
}

/**
 * Does the page show this: its start, the statistics, a channel, `/c/dev-team`, a message of one, `/c/dev-team/12`, a
 * document of one, `/c/dev-team/documents/notes`, or a private chat, `/d/pickle`?
 */
function isPageOf(pathname: string, { kinds }: ProtocolTables): boolean {
  const [, first = '', name, item, document, ...rest] = pathname.split('/')
  if (name === undefined) return first === '' || first === 'stats'
  const all = [...kinds.values()]
  const found = all.find(({ page, privatePage }) => page === first || privatePage === first)
  if (found === undefined || canonicalName(first === found.page ? name : name.replace('~', '')) === null) return false
  if (rest.length > 0) return false
  if (document === undefined) return item === undefined || /^\d{1,15}$/.test(item)
  return item === 'documents' && canonicalName(document) !== null && all.some(({ within }) => within === found.kind)
}

function isNavigation({ headers }: Request): boolean {
  return /\btext\/html\b/i.test(headers.get('accept') ?? '')
}

function noSuchPath(): Failure {
  return failure('not_found', 'There is no such path.')
}
