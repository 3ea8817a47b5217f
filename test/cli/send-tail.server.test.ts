import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Server, startServer } from '../support/server.ts'
import { circles, startCircles } from './circles.ts'

const secret = 'a secret of at least thirty-two bytes'
let open: Server
let closed: Server

beforeAll(async () => {
  open = await startServer()
  closed = await startServer({ AUTH: 'token', AUTH_SECRET: secret })
})
afterAll(async () => {
  await open[Symbol.asyncDispose]()
  await closed[Symbol.asyncDispose]()
})

const as = (name: string) => ({ CIRCLES_URL: open.url, CIRCLES_NAME: name })

test('[cli] messages show in order, with their authors', async () => {
  expect(await circles(['send', 'talk', 'Hello,', 'all'], { env: as('ada') })).toEqual({ code: 0, out: '', err: '' })
  const { out } = await circles(['send', 'circle:Talk', '--json', 'Hi'], { env: as('bob') })
  expect(JSON.parse(out)).toEqual({ channel: 'circle:talk', seq: 2 })
  const shown = await circles(['tail', 'talk', '--no-follow'], { env: as('eve') })
  expect(shown).toEqual({
    code: 0,
    out: expect.stringMatching(/^\d\d:\d\d:\d\d #1 ada Hello, all\n\d\d:\d\d:\d\d #2 bob Hi\n$/),
    err: '',
  })
})

test('[cli] standard input is one message, or one message per line', async () => {
  await circles(['send', 'input'], { env: as('ada'), input: 'one\ntwo\n' })
  await circles(['send', 'input', '-', '--lines'], { env: as('ada'), input: 'three\n\nfour\n' })
  const { out } = await circles(['tail', 'input', '--no-follow', '--json'], { env: as('ada') })
  const lines = out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line).data.content)
  expect(lines).toEqual(['one\ntwo', 'three', 'four'])
})

test('[cli] a line that is refused is named, and the others are sent', async () => {
  const input = `${'x'.repeat(40_000)}\ngood\ncaf\ufffd\n${'y'.repeat(40_000)}\nlast`
  const { code, out, err } = await circles(['send', 'some', '--lines', '--json'], { env: as('ada'), input })
  expect(code).toBe(7)
  expect(
    out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).seq),
  ).toEqual([1, 2, 3])
  expect(err).toMatch(
    /^circles-rooms: Line 1 was not sent: .+\ncircles-rooms: Line 4 was not sent: .+\ncircles-rooms: 2 lines were not sent\.\n$/,
  )
})

test('[cli] a path in the address that leads nowhere is named', async () => {
  const { code, err } = await circles(['send', 'talk', 'hello'], { env: { CIRCLES_URL: `${open.url}/base` } })
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(`There is no Circles at ${open.url}/base/.`) })
})

test('[cli] tail begins after --since, and shows new events', async () => {
  await circles(['send', 'follow', '--lines'], { env: as('ada'), input: 'one\ntwo\nthree\n' })
  await using tail = startCircles(['tail', 'follow', '--json', '--since', '1'], { env: as('eve') })
  const next = async () => JSON.parse(await tail.line())
  expect((await next()).data.content).toBe('two')
  expect((await next()).seq).toBe(3)
  await circles(['send', 'follow', 'four'], { env: as('ada') })
  expect(await next()).toMatchObject({ type: 'message', seq: 4, channel: 'circle:follow', data: { content: 'four' } })
  expect(await tail.stop()).toBe(0)
})

test('[cli] [R3] tail continues after the server was killed: nothing is lost or shown twice', async () => {
  await using server = await startServer()
  const env = { CIRCLES_URL: server.url, CIRCLES_NAME: 'ada' }
  await circles(['send', 'resume', '--lines'], { env, input: 'one\ntwo\n' })
  await using tail = startCircles(['tail', 'resume', '--json'], { env })
  const seqs = [await tail.line(), await tail.line()].map(line => JSON.parse(line).seq)
  await server.kill9()
  await server.start()
  await circles(['send', 'resume', '--lines'], { env, input: 'three\nfour\n' })
  seqs.push(...[await tail.line(), await tail.line()].map(line => JSON.parse(line).seq))
  expect(seqs).toEqual([1, 2, 3, 4])
})

test('[cli] other people’s text cannot control the terminal', async () => {
  await circles(['send', 'evil', 'red \u009b31m and \u009d0;title\u0007'], { env: as('ada') })
  const { out } = await circles(['tail', 'evil', '--no-follow'], { env: as('ada') })
  expect(out).toMatch(/ada red 31m and 0;title\n$/)
})

test.each([
  ['a message that is too long', ['send', 'talk', 'x'.repeat(32_769)], 7],
  ['a message without text', ['send', 'talk', ' '], 7],
  ['an agent that does not exist', ['send', 'talk', 'hello', '--to', 'nobody'], 7],
  ['a reply to no message', ['send', 'talk', 'hello', '--reply-to', '999'], 6],
  ['a position after the end', ['tail', 'talk', '--since', '999'], 2],
])('[cli] %s is refused', async (_, args, code) => {
  expect(await circles(args, { env: as('ada') })).toMatchObject({
    code,
    out: '',
    err: expect.stringMatching(/^circles-rooms: \S/),
  })
})

test('[cli] [A2] a minted token grants its roles in its channels, and nothing else', async () => {
  const mint = async (...grants: string[]) => {
    const args = ['token', '--sub', 'ada', '--channel', ...grants]
    return (await circles(args, { env: { AUTH_SECRET: secret } })).out.trim()
  }
  const member = { CIRCLES_URL: closed.url, CIRCLES_TOKEN: await mint('circle:dev', 'circle:news=reader') }
  expect(await circles(['send', 'dev', 'hello'], { env: member })).toMatchObject({ code: 0 })
  expect(await circles(['send', 'news', 'hello'], { env: member })).toMatchObject({ code: 5 })
  expect(await circles(['tail', 'secret'], { env: member })).toMatchObject({ code: 5 })
  expect(await circles(['tail', 'dev', '--token', 'nonsense'], { env: member })).toMatchObject({ code: 4 })
  expect(await circles(['tail', 'dev'], { env: { CIRCLES_URL: closed.url } })).toMatchObject({
    code: expect.any(Number),
  })
})

test('[cli] doctor reports what works', async () => {
  const { code, out } = await circles(['doctor', '--json'], { env: as('ada') })
  expect(code).toBe(0)
  const { ok, findings } = JSON.parse(out)
  expect(ok).toBe(true)
  expect(findings.map(({ check }: { check: string }) => check)).toEqual([
    'reachable',
    'authenticated',
    'clock',
    'round trip',
    'cost',
  ])
  const plain = await circles(['doctor'], { env: as('ada') })
  expect(plain.out).toMatch(
    /^✓ reachable: http:\/\/127\.0\.0\.1:\d+\/ answers in \d+ ms, version \d+\.\d+\.\d+\n✓ authenticated: ada \(guest:ada\) is /,
  )
})

test('[cli] doctor reports what does not', async () => {
  const env = { CIRCLES_URL: closed.url, CIRCLES_TOKEN: 'nonsense' }
  const { code, out } = await circles(['doctor', '--json'], { env })
  expect(code).toBe(4)
  expect(JSON.parse(out)).toMatchObject({
    ok: false,
    exit: 4,
    findings: [
      { check: 'reachable', ok: true },
      { check: 'authenticated', ok: false },
    ],
  })
})
