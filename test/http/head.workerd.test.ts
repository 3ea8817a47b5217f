import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { Operation } from '../../src/http/openapi/operation.ts'
import { createRoutes } from '../../src/http/routes.ts'
import { builtinTables } from '../../src/protocol/tables.ts'
import { app } from '../support/app.ts'
import { askAs, join } from '../support/in-worker.ts'
import { builtinSite } from '../support/site.ts'

const operations: Operation[] = Object.values(createRoutes(builtinTables, builtinSite).operations).flat()
const paths = operations.map(({ path }) => path.replace(':kind', 'circle').replace(/:\w+/g, 'heads'))

test('[P1] HEAD of every path leaves the roster, the sockets and the log as they are', async () => {
  await askAs('ada', 'POST', '/api/circles', { name: 'heads' })
  const before = (await askAs('ada', 'GET', '/api/circles/heads')).json
  const ada = await join('/ws/circles/heads?name=ada')
  const frames = ada.frames.length
  const statuses = new Map<string, number>()
  for (const path of [...paths, '/ws/circles/heads', '/ws', '/ws/stats', '/c/heads']) {
    const request = new Request(`https://circles.test${path}?name=bob`, { method: 'HEAD' })
    const response = await app.fetch(request, env)
    statuses.set(path, response.status)
    expect([path, await response.text()]).toEqual([path, ''])
  }
  expect(statuses.get('/api/channels/circle/heads/stream')).toBe(200)
  expect(statuses.get('/api/circles/heads/export')).toBe(200)
  expect((await askAs('ada', 'GET', '/api/circles/heads')).json).toEqual({ ...before, online: 1 })
  const sockets = (_: unknown, state: DurableObjectState) => state.getWebSockets().length
  expect(await runInDurableObject(env.CIRCLES.getByName('heads'), sockets)).toBe(1)
  expect(ada.frames.slice(frames).filter(({ type }) => type === 'presence')).toEqual([])
  ada.webSocket.close(1000)
})
