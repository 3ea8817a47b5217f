import { expect, test } from 'vitest'
import { startServer } from '../../support/server.ts'

test('[W] a server serves its documents and their page', async () => {
  await using server = await startServer()
  const types = await Promise.all(
    ['/docs', '/docs/style.css', '/openapi.json', '/asyncapi.json', '/readyz'].map(async path => {
      const response = await fetch(server.url + path)
      await response.arrayBuffer()
      return [response.status, response.headers.get('content-type')]
    }),
  )
  expect(types).toEqual([
    [200, 'text/html; charset=utf-8'],
    [200, 'text/css; charset=utf-8'],
    [200, 'application/json'],
    [200, 'application/json'],
    [200, 'application/json'],
  ])
})
