import { asyncApi } from '../openapi/asyncapi.ts'
import { docsPage, docsStyle } from '../openapi/docs-page.ts'
import { openApi } from '../openapi/openapi.ts'
import type { ApiDocs } from '../site.ts'

const contentSecurityPolicy =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The API's own documentation: `/openapi.json` and `/asyncapi.json` for programs, `/docs` for people. */
export const apiDocs: ApiDocs = (operations, tables, basePath) => {
  const openApiText = lazy(() => JSON.stringify(openApi(operations, basePath)))
  const asyncApiText = lazy(() => JSON.stringify(asyncApi(tables, basePath)))
  const page = lazy(() => docsPage(openApi(operations, basePath), basePath))
  const pageHeaders = { 'content-security-policy': contentSecurityPolicy }
  return {
    '/openapi.json': () => respond(openApiText(), 'application/json'),
    '/asyncapi.json': () => respond(asyncApiText(), 'application/json'),
    '/docs': () => respond(page(), 'text/html; charset=utf-8', pageHeaders),
    '/docs/style.css': () => respond(docsStyle, 'text/css; charset=utf-8'),
  }
}

/** Computes a value at the first call and keeps it: documents change only with a deploy. */
function lazy(compute: () => string): () => string {
  let value: string | null = null
  return () => {
    value ??= compute()
    return value
  }
}

function respond(text: string, type: string, headers: Record<string, string> = {}): Response {
  return new Response(text, { headers: { 'content-type': type, 'cache-control': 'public, max-age=300', ...headers } })
}
