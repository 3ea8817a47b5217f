import { createHash } from 'node:crypto'
import { Parser } from '@asyncapi/parser'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { apiDocs } from '../../../src/http/routes/api-docs.ts'
import { createRoutes } from '../../../src/http/routes.ts'
import { apiDocsPaths } from '../../../src/http/site.ts'
import { builtinTables } from '../../../src/protocol/tables.ts'
import { app } from '../../support/app.ts'
import { fakeChannels } from '../../support/fake-channels.ts'
import { builtinSite } from '../../support/site.ts'

const { router, operations } = createRoutes(builtinTables, { ...builtinSite, apiDocs })
const get = async (path: string) => app.fetch(new Request(`https://circles.test${path}`), fakeChannels().env)
const hash = (text: string) => createHash('sha256').update(text).digest('hex')

test('[W] /openapi.json is a valid OpenAPI 3.1 document', async () => {
  const document = await (await get('/openapi.json')).json()
  const validator = new Validator()
  expect(await validator.validate(document as Record<string, unknown>)).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
})

test('[W] every route has a description, and every description has a route', () => {
  const documents = new Set<string>(apiDocsPaths)
  const routed = router.routes
    .filter(({ method, path }) => method !== 'ALL' && !documents.has(path))
    .map(({ method, path }) => `${method.toLowerCase()} ${path}`)
  const described = Object.values(operations)
    .flat()
    .map(({ method, path }) => `${method} ${path}`)
  expect(new Set(described)).toEqual(new Set(routed))
})

test('[W] /asyncapi.json is a valid AsyncAPI 3 document', async () => {
  const text = await (await get('/asyncapi.json')).text()
  const { document, diagnostics } = await new Parser().parse(text)
  expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([])
  expect(document?.version()).toBe('3.0.0')
  const channels = document?.channels().all() ?? []
  expect(channels.map(channel => [channel.id(), channel.address()])).toEqual([
    ['ws_circles_native', '/ws/circles/{name}'],
    ['ws_circles_plain', '/ws/circles/{name}'],
    ['ws_events', '/ws'],
    ['ws_chat_text', '/ws/chat/{name}'],
    ['ws_workspaces_native', '/ws/workspaces/{name}'],
    ['ws_workspaces_plain', '/ws/workspaces/{name}'],
    ['ws_workspace_native', '/ws/workspace/{name}'],
    ['ws_workspace_plain', '/ws/workspace/{name}'],
    ['ws_agents_native', '/ws/agents/{name}'],
    ['ws_agents_plain', '/ws/agents/{name}'],
    ['ws_documents_documents', '/ws/documents/{circle}/{document}'],
    ['ws_documents_yjs', '/ws/documents/{circle}/{document}'],
    ['hocuspocus_hocuspocus', '/hocuspocus/{circle}/{document}'],
    ['parties_document_yjs', '/parties/document/{circle}/{document}'],
    ['stats', '/ws/stats'],
    ['me', '/ws/me'],
  ])
  expect(document?.servers().all()).toHaveLength(1)
})

test('[W] every object of /asyncapi.json has a name, which generators give to its class', async () => {
  const { components } = (await (await get('/asyncapi.json')).json()) as { components: { schemas: object } }
  const nested = Object.entries(components.schemas).filter(([, schema]) => {
    const { properties = {}, ...rest } = schema as { properties?: object }
    return JSON.stringify([properties, rest]).includes('"properties":')
  })
  expect(nested.map(([name]) => name)).toEqual([])
})

// A change of the wire format changes these, and needs an entry in CHANGELOG.md.
test.each([
  ['/openapi.json', '4d2435c8efcfe4931d7ecaac82152a832f8d1a752000ff2cd02f430d77914f87'],
  ['/asyncapi.json', 'e14c7a96547a92f67f156101b860892bbdba40b9b4607bb7c7e1d6ba35fa8536'],
])('[W] %s does not change by accident', async (path, pinned) => {
  expect(hash(await (await get(path)).text())).toBe(pinned)
})

test('[W] /docs shows every operation, runs no script and loads nothing from another host', async () => {
  const response = await get('/docs')
  expect(response.headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  const text = await response.text()
  for (const { path } of Object.values(operations).flat()) {
    expect(text).toContain(`<code>${path.replace(/:(\w+)/g, '{$1}')}</code>`)
  }
  expect(text).not.toMatch(/<script|style=|https?:\/\/|\son\w+=/)
  expect((await get('/docs/style.css')).headers.get('content-type')).toBe('text/css; charset=utf-8')
})
