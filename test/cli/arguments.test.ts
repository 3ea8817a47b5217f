import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeJwt, jwtVerify } from 'jose'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { makeFolder } from './fixtures.ts'
import { runCircles as circles } from './run-circles.ts'

const secret = 'a secret of at least thirty-two bytes'
const unreachable = ['--url', 'http://127.0.0.1:9', '--timeout', '1'] // nothing listens on the discard port

beforeEach(() => void vi.stubEnv('AUTH_SECRET', secret))
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

test('[cli] help shows every command, with examples and exit codes', async () => {
  const { code, out, err } = await circles(['--help'])
  expect({ code, err }).toEqual({ code: 0, err: '' })
  for (const command of ['watch', 'tail', 'send', 'token', 'export', 'import', 'doctor']) {
    expect(out).toMatch(new RegExp(`^  ${command} `, 'm'))
    const help = await circles([command, '--help'])
    expect(help, command).toMatchObject({
      code: 0,
      out: expect.stringMatching(/Usage: circles-rooms [\s\S]*Examples:/),
    })
  }
  expect(out).toContain('Exit codes:')
  expect(out).toContain('Examples:')
})

test.each([
  ['', undefined],
  ['eyJ', 'Bearer eyJ'],
])('[cli] with CIRCLES_TOKEN=%s, requests are sent with %s', async (token, authorization) => {
  vi.stubEnv('CIRCLES_TOKEN', token)
  const sent: (string | undefined)[] = []
  const server = createServer((request, response) => {
    sent.push(request.headers.authorization)
    response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  await circles(['export', 'dev', '--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`])
  expect(new Set(sent)).toEqual(new Set([authorization]))
})

test('[cli] --version prints the version', async () => {
  expect(await circles(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' })
})

test.each([
  [[], /Usage: circles-rooms/],
  [['sing'], /unknown command 'sing'/],
  [['tail'], /missing required argument 'channel'/],
  [['tail', 'dev', 'team'], /too many arguments/],
  [['tail', 'a/b'], /is not a channel/],
  [['tail', 'moon:base'], /is not a channel/],
  [['tail', 'dev', '--lines', 'many'], /whole number/],
  [['tail', 'dev', '--since', '-1'], /whole number/],
  [['tail', 'dev', '--loud'], /unknown option '--loud'/],
  [['tail', 'dev', '--url', 'example.org'], /not the address of a server/],
  [['tail', 'dev', '--url', 'ftp://example.org'], /not the address of a server/],
  [['send'], /missing required argument 'channel'/],
  [['send', 'café', 'hello'], /is not a channel/],
  [['send', 'dev', 'hello', '--reply-to', 'x'], /whole number/],
  [['watch', '--workspace', 'acme'], /missing required argument 'dir'/],
  [['watch', '.'], /required option '--workspace <name>'/],
  [['watch', '.', '--workspace', 'a b'], /not the name of a workspace/],
  [['watch', '/no/such/folder', '--workspace', 'acme'], /There is no folder/],
  [['token'], /required option '--sub <id>'/],
  [['token', '--sub', 'ada', '--ttl', 'soon'], /not a time to live/],
  [['token', '--sub', 'ada', '--ttl', '0s'], /not a time to live/],
  [['token', '--sub', 'agent:pickle'], /cannot be a user/],
  [['token', '--sub', 'ada', '--channel', 'circle:*=king'], /not a grant/],
  [['token', '--sub', 'ada', '--channel', 'a b'], /not a grant/],
  [['export'], /missing required argument 'circle'/],
  [['export', 'workspace:acme'], /Only circles/],
  [['import', 'dev'], /missing required argument 'file'/],
  [['import', 'dev', '/no/such/file'], /There is no file/],
  [['doctor', '--channel', '*'], /is not a channel/],
])('[cli] %j is invalid: exit code 2, and a sentence that says why', async (args, message) => {
  const { code, out, err } = await circles(args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toMatch(message)
  expect(err).not.toMatch(/\n {4}at /) // no stack
})

test.each([
  [['tail', 'dev', ...unreachable]],
  [['send', 'dev', 'hello', ...unreachable]],
  [['doctor', ...unreachable]],
  [['export', 'dev', ...unreachable.slice(0, 2)]],
])('[cli] %j: without a server the exit code is 3', async args => {
  expect(await circles(args)).toMatchObject({ code: 3, err: expect.stringMatching(/^circles-rooms: .*answer/) })
})

test('[cli] a token is valid for a server with the same secret', async () => {
  const args = ['token', '--sub', 'ada', '--display-name', 'Ada', '--ttl', '1h', '--issuer', 'us', '--audience', 'them']
  const { code, out } = await circles([...args, '--channel', 'circle:*=owner', 'workspace:acme'])
  expect(code).toBe(0)
  const { payload } = await jwtVerify(out.trim(), new TextEncoder().encode(secret))
  expect(payload).toMatchObject({
    sub: 'ada',
    name: 'Ada',
    iss: 'us',
    aud: 'them',
    channels: { 'circle:*': 'owner', 'workspace:acme': 'member' },
  })
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3_600)
})

test('[cli] a token is signed with the secret in .dev.vars, unless that is too short', async () => {
  vi.stubEnv('AUTH_SECRET', undefined)
  await using folder = await makeFolder()
  vi.spyOn(process, 'cwd').mockReturnValue(folder.root)
  await folder.write('.dev.vars', `AUTH_SECRET="${secret}"\n`)
  const { out } = await circles(['token', '--sub', 'ada'])
  expect(decodeJwt(out.trim()).sub).toBe('ada')
  await folder.write('.dev.vars', 'AUTH_SECRET=short\n')
  expect(await circles(['token', '--sub', 'ada'])).toMatchObject({ code: 2, out: '' })
  await folder.remove('.dev.vars')
  expect(await circles(['token', '--sub', 'ada'])).toMatchObject({ code: 2, out: '' })
})
