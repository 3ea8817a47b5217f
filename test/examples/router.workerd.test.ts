import { once } from 'node:events'
import { expect, onTestFinished, test, vi } from 'vitest'
import metrics from '../../examples/router/metrics.ts'
import ticker from '../../examples/router/ticker.ts'

/** A socket to an example under fake timers, which hold up neither frames nor promises. */
async function watch(app: typeof ticker, path: string) {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { webSocket } = await app.request(path, { headers: { upgrade: 'websocket' } })
  if (!webSocket) throw new Error(`${path} was refused`)
  const frames = new TransformStream<Record<string, unknown>>({}, undefined, { highWaterMark: 100 })
  const [writer, reader] = [frames.writable.getWriter(), frames.readable.getReader()]
  webSocket.addEventListener('message', ({ data }) => void writer.write(JSON.parse(String(data))))
  webSocket.accept()
  return {
    next: async () => (await reader.read()).value,
    pass: (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1_000),
    async close() {
      const closed = once(webSocket, 'close')
      webSocket.close(1000)
      await closed
    },
  }
}

test('the ticker pushes a frame every five seconds until its client leaves, and then holds no timer', async () => {
  const info = vi.spyOn(console, 'info').mockImplementation(() => {})
  onTestFinished(() => info.mockRestore())
  const { next, pass, close } = await watch(ticker, '/ticker')
  await pass(5)
  expect(await next()).toEqual({ type: 'tick', count: 1 })
  await pass(10)
  expect([await next(), await next(), vi.getTimerCount()]).toEqual([
    { type: 'tick', count: 2 },
    { type: 'tick', count: 3 },
    1,
  ])
  await close()
  expect(vi.getTimerCount()).toBe(0)
  expect(JSON.parse(String(info.mock.lastCall?.[0]))).toMatchObject({ data: { ticks: 3 } })
})

test('the metrics are pushed at once and every five seconds, without a message from the client', async () => {
  const { next, pass, close } = await watch(metrics, '/metrics')
  const start = Date.now()
  const at = (seconds: number) => ({ watchers: 1, at: new Date(start + seconds * 1_000).toISOString() })
  expect(await next()).toEqual(at(0))
  await pass(10)
  expect([await next(), await next()]).toEqual([at(5), at(10)])
  await close()
  expect(vi.getTimerCount()).toBe(0)
})
