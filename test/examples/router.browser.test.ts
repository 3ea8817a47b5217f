import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { startBrowser } from '../support/browser.ts'
import { type Server, startServer } from '../support/server.ts'
import { openSocket, refusalOf } from '../support/socket.ts'

// All of examples/router on one real server. What takes five seconds each time is in router.workerd.test.ts.

const root = join(import.meta.dirname, '../..')
const cleanup = new AsyncDisposableStack()
afterAll(() => cleanup.disposeAsync())
let server: Server

beforeAll(async () => {
  server = cleanup.use(await startServer({}, { configs: ['examples/router/wrangler.toml'] }))
})

test('greeting: a client is greeted by its name, text and bytes are measured, and its end is logged', async () => {
  const socket = await openSocket(server.ws('/greeting?name=ada'))
  socket.send('hello')
  await socket.next(({ text }) => text === '5 characters')
  expect(socket.texts).toEqual(['Good to see you, ada.', '5 characters'])
  await socket.close()
  await expect.poll(() => server.output()).toContain('"message":"A guest has left","data":{"name":"ada","code":1000}')

  const bytes = new WebSocket(server.ws('/greeting'))
  cleanup.defer(() => bytes.terminate())
  const answer = new Promise(resolve => bytes.on('message', data => `${data}`.endsWith('bytes') && resolve(`${data}`)))
  bytes.on('open', () => bytes.send(new Uint8Array(3)))
  expect(await answer).toBe('3 bytes')
})

test('echo: an agent’s answer is sent back, and one that fails closes the socket with 1011', async () => {
  await using socket = await openSocket(server.ws('/echo'))
  socket.send('hello')
  expect(await socket.next()).toEqual({ type: 'text', text: 'hello' })
  socket.send(' ')
  expect(await socket.closed).toBe(1011)
  await expect.poll(() => server.output()).toContain('Error: There is nothing to repeat.')
  expect(server.output()).toContain('"agent":"parrot","data":{"length":5}')
})

test('errors: a failure is told in a frame, and the socket stays open', async () => {
  await using socket = await openSocket(server.ws('/errors'))
  for (const text of ['', 'hello']) socket.send(text)
  for (const _ of ['the one', 'the other']) await socket.next() // in any order
  expect(socket.texts.toSorted()).toEqual(['hello', '{"error":"Processing failed"}'])
})

test('members: a wrong key is refused with 401, and the handler knows whose key is right', async () => {
  const refused = { status: 401, body: '{"error":"This key opens nothing."}' }
  expect(await refusalOf(server.ws('/members'))).toEqual(refused)
  expect(await refusalOf(server.ws('/members?key=stolen'))).toEqual(refused)
  await using socket = await openSocket(server.ws('/members?key=key-of-ada'))
  socket.send('the atlas')
  await socket.next(({ text }) => String(text).includes('atlas'))
  expect(socket.texts).toEqual(['Signed in as ada', 'ada, look for "the atlas" on the top shelf.'])
})

test('ticker: the real clock pushes after five seconds, and the timer ends with a client that vanishes', async () => {
  const socket = await openSocket(server.ws('/ticker'))
  expect(await socket.next()).toEqual({ type: 'tick', count: 1 })
  await socket.close()
  await expect.poll(() => server.output()).toContain('"message":"The ticker has stopped","data":{"ticks":1}')

  const vanishing = new WebSocket(server.ws('/ticker'))
  vanishing.on('open', () => vanishing.terminate())
  await expect.poll(() => server.output()).toContain('"message":"The ticker has stopped","data":{"ticks":0}')
})

test('metrics: the figures come without an agent and without a message', async () => {
  await using socket = await openSocket(server.ws('/metrics'))
  expect(await socket.next()).toEqual({ watchers: 1, at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) })
})

test('a request without an upgrade is told what the address takes', async () => {
  const response = await fetch(`${server.url}/echo`)
  expect([response.status, await response.text()]).toEqual([426, 'This address takes WebSockets only.'])
})

test('the hook: a component sends text to a route of its own origin, and shows the answer', async () => {
  const browser = await startBrowser()
  cleanup.defer(() => browser.close())
  const page = await browser.newPage()
  const script = await bundledPage()
  await page.route(`${server.url}/`, route =>
    route.fulfill({ contentType: 'text/html', body: `<div id="root"></div><script type="module">${script}</script>` }),
  )
  await page.goto(server.url)
  const exchanges = [
    ['hello', 'hello'],
    ['{ "a": 1 }', '{"a":1}'], // JSON arrives as its value
  ]
  for (const [typed = '', shown = ''] of exchanges) {
    await page.getByLabel('Message').fill(typed)
    await page.getByRole('button', { name: 'Send' }).click()
    await page.locator('output', { hasText: shown }).waitFor()
  }
})

/** The component of examples/router/page on a page of its own, as one script. */
async function bundledPage(): Promise<string> {
  const entry = '\0page'
  const code = `import { createElement } from 'react'
    import { createRoot } from 'react-dom/client'
    import { EchoBox } from '${join(root, 'examples/router/page/echo-box.tsx')}'
    createRoot(document.getElementById('root')).render(createElement(EchoBox))`
  const built = await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { alias: { 'circles-rooms/react': join(root, 'src/client/react-compat.ts') } },
    plugins: [
      { name: 'page', resolveId: id => (id === 'page' ? entry : null), load: id => (id === entry ? code : null) },
    ],
    build: { write: false, modulePreload: false, rolldownOptions: { input: 'page' } },
  })
  const { output } = [built].flat()[0] as { output: { code: string }[] }
  return String(output[0]?.code).replaceAll('</script', '<\\/script')
}
