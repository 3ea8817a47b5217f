import { createHash } from 'node:crypto'
import { Parser } from '@asyncapi/parser'
import { Validator } from '@seriousme/openapi-schema-validator'
import { expect, test } from 'vitest'
import { createRoutes } from '../../../src/http/routes.ts'
import { builtinTables } from '../../../src/protocol/tables.ts'
import { app } from '../../support/app.ts'
import { fakeChannels } from '../../support/fake-channels.ts'

const { router, operations } = createRoutes(builtinTables)
const get = async (path: string) => app.fetch(new Request(`https://circles.test${path}`), fakeChannels().env)
const hash = (text: string) => createHash('sha256').update(text).digest('hex')

test('[W] /openapi.json is a valid OpenAPI 3.1 document', async () => {
  const document = await (await get('/openapi.json')).json()
  const validator = new Validator()
  expect(await validator.validate(document as Record<string, unknown>)).toEqual({ valid: true })
  expect(validator.version).toBe('3.1')
})

test('[W] every route has a description, and every description has a route', () => {
  const documents = new Set(['/openapi.json', '/asyncapi.json', '/docs', '/docs/style.css'])
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
  expect(
    document
      ?.channels()
      .all()
      .map(channel => channel.address()),
  ).toEqual(['/ws/circles/{name}', '/ws/workspaces/{name}', '/ws/agents/{name}', '/ws/stats'])
})

// A change of the wire format changes these, and needs an entry in CHANGELOG.md.
test.each([
  ['/openapi.json', '6ecb77d24a998ff15dcf3a73c14bff19d5306d8f20a95bbfdb4dfa1b84714c90'],
  ['/asyncapi.json', 'be5810e161a66c2e7cac32d37871b8bbf32974bbb0c479ac469a6acb57b74bac'],
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
