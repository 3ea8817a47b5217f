import { Hono } from 'hono'
import type { HttpEnv } from '../context.ts'
import { methodNotAllowed } from '../errors.ts'
import { asyncApi } from '../openapi/asyncapi.ts'
import { docsPage, docsStyle } from '../openapi/docs-page.ts'
import { openApi } from '../openapi/openapi.ts'

const pageMayLoad = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// They are the same for everybody until the next deploy: made once, when first asked for.
const once = <Value>(make: () => Value) => {
  let made: { value: Value } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
const openApiText = once(() => JSON.stringify(openApi()))
const asyncApiText = once(() => JSON.stringify(asyncApi()))
const page = once(() => docsPage(openApi()))

/** What describes this server: for programs `/openapi.json` and `/asyncapi.json`, for people `/docs`. */
export const apiDocs = new Hono<HttpEnv>()
  .get('/openapi.json', () => document(openApiText(), 'application/json'))
  .all('/openapi.json', () => methodNotAllowed('GET'))
  .get('/asyncapi.json', () => document(asyncApiText(), 'application/json'))
  .all('/asyncapi.json', () => methodNotAllowed('GET'))
  .get('/docs', () => document(page(), 'text/html; charset=utf-8', { 'content-security-policy': pageMayLoad }))
  .all('/docs', () => methodNotAllowed('GET'))
  .get('/docs/style.css', () => document(docsStyle, 'text/css; charset=utf-8'))
  .all('/docs/style.css', () => methodNotAllowed('GET'))

function document(text: string, type: string, headers: Record<string, string> = {}): Response {
  return new Response(text, { headers: { 'content-type': type, 'cache-control': 'public, max-age=300', ...headers } })
}
