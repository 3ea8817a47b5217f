import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from '../support/server.ts'
import { circles } from './circles.ts'
import { makeFolder } from './fixtures.ts'

const secret = 'a secret of at least thirty-two bytes'
let server: Server
let env: Record<string, string>

beforeAll(async () => {
  server = await startServer({ AUTH: 'token', AUTH_SECRET: secret })
  const { out } = await circles(['token', '--sub', 'ada', '--channel', 'circle:*=owner'], {
    env: { AUTH_SECRET: secret },
  })
  env = { CIRCLES_URL: server.url, CIRCLES_TOKEN: out.trim() }
})
afterAll(() => server[Symbol.asyncDispose]())

test('[cli] a log that is exported and imported again is the same, seq by seq', async () => {
  await using folder = await makeFolder()
  const file = join(folder.root, 'source.jsonl')
  await circles(['send', 'source', '--lines'], { env, input: 'one\ntwo\nthree\n' })
  await circles(['send', 'target', 'to be replaced'], { env })
  expect(await circles(['export', 'source', '--output', file], { env })).toMatchObject({ code: 0, out: '' })
  expect((await readFile(file, 'utf8')).trim().split('\n').length).toBe(3)
  expect((await circles(['export', 'source'], { env })).out).toBe(await readFile(file, 'utf8'))

  expect(await circles(['import', 'target', file], { env })).toMatchObject({ code: 7 })
  expect(await circles(['import', 'target', file, '--replace'], { env })).toMatchObject({
    code: 0,
    out: expect.stringContaining('"events":3'),
  })
  const shown = async (circle: string) => {
    const { out } = await circles(['tail', circle, '--no-follow', '--json'], { env })
    return out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
      .map(({ seq, data }) => [seq, data.content])
  }
  expect(await shown('target')).toEqual(await shown('source'))
})

test('[cli] an export overwrites no file, and a file that is not a log is not imported', async () => {
  await using folder = await makeFolder()
  await folder.write('there.jsonl', 'mine\n')
  const file = join(folder.root, 'there.jsonl')
  await circles(['send', 'kept', 'hello'], { env })
  expect(await circles(['export', 'kept', '--output', file], { env })).toMatchObject({ code: 2 })
  expect(await readFile(file, 'utf8')).toBe('mine\n')
  expect(await circles(['import', 'kept', file, '--replace'], { env })).toMatchObject({
    code: 7,
    err: expect.stringMatching(/Line 1/),
  })
  expect(await circles(['export', 'nowhere'], { env })).toMatchObject({ code: 6 })
})
