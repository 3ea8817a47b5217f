import { env } from 'cloudflare:workers'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { circles } from '../../src/server/index.ts'
import { eventually } from '../support/eventually.ts'
import { OwnCircle } from '../support/own-circle.ts'

// A circle as its Worker uses it, with real objects: no HTTP, no token.

afterEach(() => void vi.restoreAllMocks())

const rooms = circles({ protocol: OwnCircle.protocol, circle: 'OWN_CIRCLES' })
const request = (path: string, headers: Record<string, string> = {}) =>
  rooms.fetch(new Request(`https://circles.test${path}`, { headers }), env)

/** A socket of the plain dialect, of a guest. */
async function openPlain(path: string) {
  const { webSocket } = await request(path, { upgrade: 'websocket' })
  if (webSocket === null) throw new Error(`${path} opened no socket`)
  const frames: Record<string, unknown>[] = []
  const closes: number[] = []
  webSocket.addEventListener('message', ({ data }) => void frames.push(JSON.parse(String(data))))
  webSocket.addEventListener('close', ({ code }) => void closes.push(code))
  webSocket.accept()
  onTestFinished(() => webSocket.close())
  return { frames, closes }
}

test('the Worker logs, sends and reads, each call once for its id', async () => {
  const circle = rooms.circle(env, 'handled')
  expect(await circle.exists()).toBe(false)
  await expect(circle.history()).rejects.toMatchObject({ code: 'not_found' })
  const noted = await circle.append('noted', { text: 'by the circle' }, { id: 'n1' })
  expect([noted.seq, noted.data.text satisfies string]).toEqual([1, 'by the circle'])
  expect((await circle.append('noted', { text: 'again' }, { id: 'n1' })).seq).toBe(1)
  const as = { id: 'ci', name: 'Deploys' }
  expect(await circle.send('Deployed', { as, id: 'd1' })).toEqual({ id: 'd1', seq: 2 })
  expect(await circle.send('Deployed', { as, id: 'd1' })).toEqual({ id: 'd1', seq: 2, duplicate: true })
  const ada = { id: 'ada', name: 'Ada', channels: { 'circle:*': 'member' } } as const
  expect(await circle.command('note', { text: 'for Ada' }, { as: ada, id: 'c1' })).toEqual({ id: 'c1', seq: 3 })
  // @ts-expect-error a note has a text
  const wrong = () => circle.command('note', { words: '' })
  // @ts-expect-error the protocol has no such event
  const unknown = () => circle.append('sung', {})
  expect([wrong, unknown]).toHaveLength(2)
  const { events, head } = await circle.history({ after: 0 })
  expect([head, events.map(({ type }) => type)]).toEqual([3, ['noted', 'message', 'noted']])
  expect(await env.OWN_CIRCLES.getByName('handled').count('noted')).toBe(2) // a method of the class is RPC of its object
})

test('what the Worker gets wrong is refused with its reason', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const circle = rooms.circle(env, 'wronged')
  const invalid = { name: 'CircleRefusal', code: 'invalid' }
  await expect(circle.send('hello', { id: 'deploy/42' })).rejects.toMatchObject(invalid)
  await expect(circle.append('noted', { text: 'hello' }, { id: 'n 1' })).rejects.toMatchObject(invalid)
  await expect(circle.append('noted', {} as { text: string })).rejects.toMatchObject({ code: 'internal' })
  expect(await circle.exists()).toBe(false) // nothing came of it
})

test('a signal of the Worker reaches plain sockets and streams that asked for signals', async () => {
  const circle = rooms.circle(env, 'signalled')
  await circle.send('hello')
  const asking = await openPlain('/ws/circles/signalled?name=ada&signals=1')
  const other = await openPlain('/ws/circles/signalled?name=bob')
  const stream = await request('/api/channels/circle/signalled/stream?name=eve&signals=1')
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  await eventually(async () => expect(await circle.members()).toHaveLength(3))
  await circle.signal('metrics', { cpu: 3 })
  await circle.send('after it')
  const data = { name: 'metrics', value: { cpu: 3 }, user_id: 'system:system' }
  await eventually(() => {
    expect(asking.frames).toContainEqual(expect.objectContaining({ type: 'signal', data }))
    expect(other.frames.map(({ type }) => type)).toContain('message')
  })
  expect(other.frames.map(({ type }) => type)).not.toContain('signal')
  let text = ''
  while (!text.includes('event: signal\n')) text += (await reader?.read())?.value ?? ''
  expect(text).toContain(JSON.stringify(data))
  await reader?.cancel()
})

test('the Worker removes people and deletes the circle, with all that it stored', async () => {
  const circle = rooms.circle(env, 'deleted')
  await circle.append('noted', { text: 'hello' })
  const [ada, bob] = [await openPlain('/ws/circles/deleted?name=ada'), await openPlain('/ws/circles/deleted?name=bob')]
  await eventually(async () =>
    expect((await circle.members()).map(({ id }) => id).toSorted()).toEqual(['guest:ada', 'guest:bob']),
  )
  await circle.remove('guest:ada')
  await eventually(() => expect([ada.closes.length, bob.closes]).toEqual([1, []]))
  expect(await circle.delete()).toBe(true)
  await eventually(() => expect(bob.closes).toEqual([4410]))
  expect([await circle.exists(), await circle.delete()]).toEqual([false, false])
  expect((await circle.append('noted', { text: 'anew' })).seq).toBe(1)
  expect(await env.OWN_CIRCLES.getByName('deleted').count('noted')).toBe(1)
})

test('a circle that the Worker makes in a region shows it; one that exists stays where it is', async () => {
  await rooms.circle(env, 'west', { region: 'weur' }).send('hello')
  await rooms.circle(env, 'east', { region: 'apac' }).append('noted', { text: 'hello' })
  await rooms.circle(env, 'west', { region: 'apac' }).send('again')
  const regionOf = async (name: string) =>
    (await (await request(`/api/circles/${name}?name=ada`)).json<{ region?: string }>()).region
  expect([await regionOf('west'), await regionOf('east')]).toEqual(['weur', 'apac'])
  await eventually(async () => {
    const { circles: listed } = await (await request('/api/circles')).json<{
      circles: { name: string; region?: string }[]
    }>()
    const regions = listed.map(({ name, region }) => [name, region])
    expect(regions).toEqual(
      expect.arrayContaining([
        ['west', 'weur'],
        ['east', 'apac'],
      ]),
    )
  })
})
