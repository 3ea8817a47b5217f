import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import type { Env } from '../../../src/env.ts'
import { limits } from '../../../src/protocol/limits.ts'
import { app } from '../../support/app.ts'
import { askAs } from '../../support/in-worker.ts'

const server = 'https://circles.test'
const png = Uint8Array.from([
  ...[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52],
  ...[0, 0, 1, 64, 0, 0, 0, 200, 8, 6, 0, 0, 0],
])

type Options = { name?: string; headers?: Record<string, string>; bindings?: Env }

async function send(method: string, path: string, body: BodyInit | null, options: Options = {}) {
  const { name = 'ada', headers = {}, bindings = env } = options
  const url = new URL(path, server)
  url.searchParams.set('name', name)
  const response = await app.fetch(new Request(url, { method, headers, body }), bindings)
  const bytes = new Uint8Array(await response.arrayBuffer())
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    json: isJson ? JSON.parse(new TextDecoder().decode(bytes)) : null,
  }
}

const upload = (circle: string, body: Uint8Array<ArrayBuffer>, options: Options & { filename?: string } = {}) =>
  send('POST', `/api/circles/${circle}/files?filename=${encodeURIComponent(options.filename ?? 'a.png')}`, body, {
    ...options,
    headers: { 'content-length': `${body.byteLength}`, ...options.headers },
  })

async function newCircle(circle: string) {
  await askAs('ada', 'POST', '/api/circles', { name: circle })
  return circle
}

const keysOf = async (circle: string) =>
  (await (env.FILES as R2Bucket).list({ prefix: `${circle}/` })).objects.map(({ key }) => key)

test('a file goes to the bucket, a message names it, and whoever may read the message reads it as it was', async () => {
  const circle = await newCircle('files-1')
  const { status, json: file } = await upload(circle, png, { filename: 'cat.png' })
  expect([status, file]).toEqual([
    201,
    {
      ...{ id: expect.any(String), name: 'cat.png', media_type: 'image/png', bytes: png.byteLength },
      ...{ sha256: expect.stringMatching(/^[0-9a-f]{64}$/), width: 320, height: 200 },
    },
  ])
  const path = `/api/circles/${circle}/files/${file.id}`
  expect((await send('GET', path, null, { name: 'bob' })).status).toBe(404)
  const sent = await askAs('ada', 'POST', `/api/circles/${circle}/messages`, {
    content: 'look',
    attachments: [file.id],
  })
  expect(sent.status).toBe(201)
  const read = await send('GET', path, null, { name: 'bob' })
  expect([read.status, read.bytes]).toEqual([200, png])
  expect(Object.fromEntries(read.headers)).toMatchObject({
    'cache-control': 'no-store',
    'content-disposition': expect.stringMatching(/^inline; filename="cat.png"/),
    'content-security-policy': expect.stringContaining('sandbox'),
    'content-type': 'image/png',
    'x-content-type-options': 'nosniff',
  })
  const part = await send('GET', path, null, { headers: { range: 'bytes=0-7' } })
  expect([part.status, part.bytes, part.headers.get('content-range')]).toEqual([206, png.slice(0, 8), 'bytes 0-7/29'])
  expect((await send('GET', path, null, { headers: { range: 'bytes=99-' } })).status).toBe(416)
  const known = { 'if-none-match': `${read.headers.get('etag')}` }
  expect((await send('GET', path, null, { headers: known })).status).toBe(304)
  expect((await send('HEAD', path, null)).status).toBe(200)
})

test('a large file passes in pieces, and its hash is that of all of them', async () => {
  const circle = await newCircle('files-2')
  const large = new Uint8Array(3_000_000).map((_, index) => index % 251)
  const { json: file } = await upload(circle, large, { filename: 'x.bin' })
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', large))
  expect(file).toMatchObject({
    bytes: 3_000_000,
    sha256: Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join(''),
    media_type: 'application/octet-stream',
  })
  const [key] = await keysOf(circle)
  expect((await (await env.FILES?.get(`${key}`))?.arrayBuffer())?.byteLength).toBe(3_000_000)
})

test('what cannot be taken is refused before anything is stored', async () => {
  const circle = await newCircle('files-3')
  const stream = () => new Blob([png]).stream()
  const path = `/api/circles/${circle}/files`
  const unknown = await send('POST', path, stream())
  expect([unknown.status, unknown.json.error.code]).toEqual([411, 'length_required'])
  const large = await upload(circle, png, { headers: { 'content-length': `${limits.file_bytes + 1}` } })
  expect([large.status, large.json.error.code]).toEqual([413, 'too_large'])
  const empty = await upload(circle, new Uint8Array(0))
  expect([empty.status, empty.json.error.code]).toEqual([400, 'empty'])
  const nowhere = await upload('files-nowhere', png)
  expect(nowhere.status).toBe(404)
  const unavailable = await upload(circle, png, { bindings: { ...env, FILES: undefined } as unknown as Env })
  expect([unavailable.status, unavailable.json.error.code]).toEqual([501, 'files_unavailable'])
  expect(unavailable.json.error.message).toContain('--with files')
  expect(await keysOf(circle)).toEqual([])
})

test.each([
  ['shorter', png, 1],
  ['longer', png, -1],
  ['shorter, and in pieces', new Uint8Array(300_000), 1],
  ['longer, and in pieces', new Uint8Array(300_000), -1],
])('a body that is %s than it says is stored nowhere, and no failure goes unseen', async (_, body, more) => {
  const unseen: unknown[] = []
  const onUnseen = ({ reason }: PromiseRejectionEvent) => void unseen.push(reason)
  addEventListener('unhandledrejection', onUnseen)
  const circle = await newCircle(`files-4-${body.byteLength}-${more + 1}`)
  const response = await upload(circle, body, { headers: { 'content-length': `${body.byteLength + more}` } })
  expect(response.status).toBe(400)
  await expect.poll(() => keysOf(circle)).toEqual([])
  expect(await askAs('ada', 'GET', `/api/circles/${circle}/cost`)).toMatchObject({ json: { wakeful: [] } })
  removeEventListener('unhandledrejection', onUnseen)
  expect(unseen).toEqual([]) // what is logged as uncaught after the pieces is of the simulated bucket, a Worker of its own
})

test('a signed address needs no token, works for pages of other origins, and only as it is', async () => {
  const circle = await newCircle('files-5')
  const { json: file } = await upload(circle, png)
  const { status, json: signed } = await send(
    'POST',
    `/api/circles/${circle}/files/${file.id}/signed-url?expires_in=60`,
    null,
  )
  expect([status, signed.url]).toEqual([
    201,
    expect.stringContaining(`${server}/api/signed-files/${circle}/${file.id}?`),
  ])
  expect(Date.parse(signed.expires_at)).toBeLessThanOrEqual(Date.now() + 60_000)
  const bindings = { ...env, AUTH: 'token' } as Env
  const read = (url: string) => app.fetch(new Request(url), bindings)
  const response = await read(signed.url)
  expect([response.status, new Uint8Array(await response.arrayBuffer())]).toEqual([200, png])
  expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
  expect(response.headers.get('cache-control')).toMatch(/^private, max-age=[1-5]?\d$/)
  const forged = new URL(signed.url)
  forged.searchParams.set('expires', `${Number(forged.searchParams.get('expires')) + 1}`)
  expect((await read(forged.href)).status).toBe(403)
  expect((await read(signed.url.replace(circle, 'files-none'))).status).toBe(404)
  expect((await read(`${server}/api/circles/${circle}/files/${file.id}`)).status).toBe(401)
  const cut = await read(signed.url.split('&')[0])
  expect(cut.status).toBe(400)
})

test('[F4] a signed address also works in a private circle, where nobody else learns that the circle exists', async () => {
  const circle = await newCircle('files-8')
  await askAs('ada', 'POST', `/api/channels/circle/${circle}/commands/configure`, { visibility: 'private' })
  const { json: file } = await upload(circle, png)
  const { json: signed } = await send('POST', `/api/circles/${circle}/files/${file.id}/signed-url`, null)
  const response = await app.fetch(new Request(signed.url), env)
  expect([response.status, new Uint8Array(await response.arrayBuffer())]).toEqual([200, png])
  expect((await send('GET', `/api/circles/${circle}/files/${file.id}`, null, { name: 'eve' })).status).toBe(404)
  const forged = `${signed.url.slice(0, -1)}${signed.url.endsWith('A') ? 'B' : 'A'}`
  const [here, nowhere] = [
    await send('GET', forged, null),
    await send('GET', forged.replace(circle, 'files-none'), null),
  ]
  expect([here.status, JSON.stringify(here.json).replaceAll(circle, 'files-none')]).toEqual([
    404,
    JSON.stringify(nowhere.json),
  ])
})

test('bytes are deleted with the message, by whoever removes the file before that, and with the circle', async () => {
  const circle = await newCircle('files-6')
  const files = await Promise.all([1, 2, 3].map(async () => (await upload(circle, png)).json))
  expect(await keysOf(circle)).toHaveLength(3)
  const message = { content: '', attachments: [files[0].id] }
  const { json: sent } = await askAs('ada', 'POST', `/api/circles/${circle}/messages`, message)
  await send('DELETE', `/api/circles/${circle}/files/${files[1].id}`, null)
  await expect.poll(async () => (await keysOf(circle)).length).toBe(2)
  await askAs('ada', 'POST', `/api/channels/circle/${circle}/commands/delete`, { seq: sent.seq })
  await expect.poll(async () => (await keysOf(circle)).length).toBe(1)
  expect((await send('GET', `/api/circles/${circle}/files/${files[0].id}`, null)).status).toBe(404)
  await askAs('ada', 'DELETE', `/api/circles/${circle}?confirm=${circle}`)
  await expect.poll(() => keysOf(circle)).toEqual([])
})

test('an export names every file with its hash, and the cost of a circle counts what they take', async () => {
  const circle = await newCircle('files-7')
  const { json: file } = await upload(circle, png)
  await askAs('ada', 'POST', `/api/circles/${circle}/messages`, { content: 'x', attachments: [file.id] })
  const { text } = await askAs('ada', 'GET', `/api/circles/${circle}/export`)
  const lines = text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(lines.flatMap(({ data }) => data?.attachments ?? [])).toEqual([file])
  expect((await askAs('ada', 'GET', `/api/circles/${circle}/cost`)).json).toMatchObject({ file_bytes: png.byteLength })
})
