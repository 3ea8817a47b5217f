import { expect, test } from 'vitest'
import { app } from '../support/app.ts'
import { fakeChannels, openHere } from '../support/fake-channels.ts'

const shell = 'the page'
const noPath = 'There is no such path.'

/** What is answered at `path` to whoever accepts `accept`, by a Worker that has the page and the file `/app.js`. */
async function get(path: string, accept: string): Promise<[number, string]> {
  const files: Record<string, string> = { '/': shell, '/app.js': 'a script' }
  const asset = (pathname: string) =>
    new Response(files[pathname] ?? 'no file', { status: pathname in files ? 200 : 404 })
  const fetch = async (request: Request) => asset(new URL(request.url).pathname)
  const { env } = fakeChannels({ ...openHere })
  const request = new Request(`https://circles.test${path}`, { headers: { accept } })
  const response = await app.fetch(request, { ...env, ASSETS: { fetch } as unknown as Fetcher })
  const text = await response.text()
  return [response.status, text.startsWith('{') ? JSON.parse(text).error.message : text]
}

const browser = 'text/html,application/xhtml+xml'

const hash = '0123456789abcdef'.repeat(2)

test.each([
  ...['/', '/stats', '/c/dev-team', '/c/dev-team/documents/notes', '/w/acme', '/a/pickle'],
  ...['/d/pickle', `/d/${hash}`, `/d/pickle~${hash}/3`],
])('a browser that navigates to %s: the page', async path => expect(await get(path, browser)).toEqual([200, shell]))

test.each([
  ...['/nonsense', '/c/', '/c/dev/x', '/c/dev/documents/-', '/w/a/documents/b', '/x/dev', '/llms-full.txt'],
  ...['/d/pickle~0~1', `/c/dm~${hash}`],
])('a browser that navigates to %s: the page says that there is nothing', async path =>
  expect(await get(path, browser)).toEqual([404, shell]),
)

test.each(['/.well-known/oauth-authorization-server', '/mcp/x', '/api/x', '//x'])(
  'a browser that navigates to %s, which is of programs: JSON',
  async path => expect(await get(path, browser)).toEqual([404, noPath]),
)

test.each(['/nonsense', '/c/dev-team', '/stats'])('a program that asks for %s: JSON', async path =>
  expect(await get(path, '*/*')).toEqual([404, noPath]),
)

test('a file of the page is served to everybody', async () =>
  expect(await get('/app.js', '*/*')).toEqual([200, 'a script']))
