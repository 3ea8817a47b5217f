import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchLines } from '../../../src/web/conversation/kept-lines.ts'
import { forgetPerson } from '../../../src/web/lib/storage.ts'
import { contentsOf, setUpCircle } from '../../client/fixtures.ts'

// The page's cache, in memory.
let caches: Map<string, Map<string, string>>
const lines = (): string[] => [...(caches.get('circles lines')?.keys() ?? [])]

function cacheOf(name: string) {
  const kept = caches.get(name) ?? new Map<string, string>()
  caches.set(name, kept)
  const pathOf = (request: string | { url: string }) =>
    typeof request === 'string' ? request : new URL(request.url).pathname
  return {
    keys: async () => [...kept.keys()].map(path => ({ url: `http://page.test${path}` })),
    match: async (path: string) => (kept.has(path) ? new Response(kept.get(path)) : undefined),
    delete: async (request: string | { url: string }) => kept.delete(pathOf(request)),
    async put(path: string, response: Response) {
      kept.delete(path)
      kept.set(path, await response.text())
    },
  }
}

const memory = { removeItem: () => {} }

beforeEach(() => {
  vi.useFakeTimers()
  caches = new Map()
  vi.stubGlobal('caches', {
    open: async (name: string) => cacheOf(name),
    delete: async (name: string) => caches.delete(name),
  })
  vi.stubGlobal('sessionStorage', memory)
  vi.stubGlobal('localStorage', memory)
  vi.stubGlobal('addEventListener', () => {})
  vi.stubGlobal('removeEventListener', () => {})
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** Ada in her circle, in which Bob has said something. */
async function inCircle(options: Parameters<typeof setUpCircle>[0] = {}) {
  const fixture = setUpCircle(options)
  fixture.room.post('one')
  await fixture.open()
  const stop = watchLines(fixture.circle, 'ada')
  await vi.advanceTimersByTimeAsync(3_000)
  return { ...fixture, stop }
}

test('what is said is kept within two seconds, and shown in a page that starts without a network', async () => {
  const { room, platform } = await inCircle()
  expect(lines()).toEqual(['/kept/ada/circle%3Alobby'])
  room.post('two')
  await platform.advance(10)
  await vi.advanceTimersByTimeAsync(3_000)
  const offline = setUpCircle({ accept: () => 1006 })
  await offline.open()
  watchLines(offline.circle, 'ada')
  await vi.advanceTimersByTimeAsync(1)
  expect(contentsOf(offline.circle)).toEqual(['one', 'two'])
})

test('nothing is kept for somebody who is refused, who leaves, or who is another person', async () => {
  const { room, platform } = await inCircle()
  room.peers[0]?.close(4403, 'banned')
  await platform.advance(10)
  await vi.advanceTimersByTimeAsync(1)
  expect(lines()).toEqual([])

  const left = await inCircle()
  expect(lines()).toHaveLength(1)
  left.room.post('the last words')
  left.circles.disconnect()
  forgetPerson('ada')
  left.stop()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(lines()).toEqual([])

  const ada = await inCircle()
  expect(lines()).toHaveLength(1)
  watchLines(ada.circle, 'bob')
  await vi.advanceTimersByTimeAsync(1)
  expect(lines()).toEqual([])
})

test('the lines of thirty channels are kept, those that changed last', async () => {
  const cache = cacheOf('circles lines')
  for (let index = 1; index <= 30; index++) await cache.put(`/kept/ada/circle%3A${index}`, Response.json({}))
  await inCircle()
  expect(lines()).toHaveLength(30)
  expect([lines()[0], lines().at(-1)]).toEqual(['/kept/ada/circle%3A2', '/kept/ada/circle%3Alobby'])
})
