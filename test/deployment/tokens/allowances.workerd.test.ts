import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { registryFor } from '../../../src/deployment/tokens/clients.ts'
import { limits } from '../../../src/protocol/limits.ts'
import { askAs, join } from '../../support/in-worker.ts'

/** Leaves a user this many channels to create today. */
async function leaveChannels(user: string, left: number) {
  const amount = limits.channels_per_person_day - left
  const draw = {
    account: user,
    resource: 'channels',
    amount,
    channel: 'circle:elsewhere',
    id: crypto.randomUUID(),
  } as const
  await registryFor(env, user).draw([draw])
}

test('[E4] one person creates at most so many channels a day, however they are created', async () => {
  await leaveChannels('guest:max', 3)
  expect(await askAs('max', 'POST', '/api/circles', { name: 'made-1' })).toMatchObject({ status: 201 })
  expect(await askAs('max', 'POST', '/api/circles/made-2/messages', { content: 'x' })).toMatchObject({ status: 201 })
  expect((await join('/ws/circles/made-3?name=max')).webSocket).not.toBeNull()
  const refused = {
    status: 429,
    json: { error: { code: 'rate_limited', message: expect.stringContaining('channels') } },
  }
  expect(await askAs('max', 'POST', '/api/circles', { name: 'made-4' })).toMatchObject(refused)
  expect(await askAs('max', 'POST', '/api/circles/made-4/messages', { content: 'x' })).toMatchObject(refused)
  await expect(join('/ws/circles/made-4?name=max')).rejects.toThrow('opened no socket')
  await expect(join('/ws/workspaces/made-4?name=max')).rejects.toThrow('opened no socket')
  const change = { id: 'e1', type: 'workspace.file_changed', channel: 'workspace:made-4', data: { path: 'a.ts' } }
  const line = { id: 'e2', type: 'message', circle_name: 'made-4', data: { content: 'x' } }
  const published = await askAs('max', 'POST', '/api/events', [change, line])
  expect(published.json.results).toMatchObject([
    { id: 'e1', status: 'refused', error: { code: 'rate_limited' } },
    { id: 'e2', status: 'refused', error: { code: 'rate_limited' } },
  ])
  expect(await askAs('bob', 'GET', '/api/circles/made-4/export')).toMatchObject({ status: 404 })
  // What exists is open as before.
  expect(await askAs('max', 'POST', '/api/circles/made-1/messages', { content: 'y' })).toMatchObject({ status: 201 })
  expect(await askAs('max', 'POST', '/api/circles', { name: 'made-1' })).toMatchObject({ status: 409 })
  expect(await askAs('bob', 'POST', '/api/circles', { name: 'made-4' })).toMatchObject({ status: 201 })
})

test('[E4] an import is charged to who imports, and stops where the day’s bytes end', async () => {
  await askAs('tom', 'POST', '/api/circles', { name: 'costly' })
  const used = limits.bytes_per_person_day - 1_000
  const draw = {
    account: 'guest:tom',
    resource: 'imported',
    amount: used,
    channel: 'circle:elsewhere',
    id: 'd1',
  } as const
  await registryFor(env, 'guest:tom').draw([draw])
  const line = (seq: number, content: string) =>
    JSON.stringify({
      type: 'message',
      data: { content, user_id: 'ada', user_name: 'Ada', client_id: null, hop: 0 },
      timestamp: '2026-11-21T09:00:00.000Z',
      seq,
      id: `seq:${seq}`,
      user: 'ada',
    })
  const importTo = (body: string) => askAs('tom', 'POST', '/api/circles/costly/import', body, 'application/jsonl')
  expect(await importTo(line(1, 'x'.repeat(2_000)))).toMatchObject({ status: 429 })
  expect(await importTo(line(1, 'x'))).toMatchObject({ status: 200 })
})

test('[E4] what a person may use is counted once per draw, also after the registry restarts', async () => {
  const stub = registryFor(env, 'guest:zoe')
  const draw = { account: 'guest:zoe', resource: 'turns', amount: 20, channel: 'circle:a', id: 'e:1:1' } as const
  expect(await stub.draw([draw, draw])).toEqual([
    { granted: 20, retryAfterMs: 0 },
    { granted: 20, retryAfterMs: 0 },
  ])
  const rest = { ...draw, channel: 'circle:b', amount: 10_000 } as const
  const [last] = await stub.draw([rest])
  expect(last).toMatchObject({ granted: limits.turns_per_person_day - 20 })
  expect(last?.retryAfterMs).toBeGreaterThan(0)
  const tables = await runInDurableObject(stub as never, (_, { storage }) => [
    ...storage.sql.exec(`SELECT amount FROM spent WHERE account = 'guest:zoe'`),
  ])
  expect(tables).toEqual([{ amount: limits.turns_per_person_day }])
})
