import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { secureHeaders } from 'hono/secure-headers'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { createMiddleware, createRouter, type Router } from '../../src/router/index.ts'
import { eventually } from '../support/eventually.ts'

/** A socket to a route, with what it receives: text as text, bytes as an array of numbers. */
async function open(app: Pick<Router, 'request'>, path: string, headers: Record<string, string> = {}) {
  const response = await app.request(path, { headers: { upgrade: 'websocket', ...headers } })
  const socket = response.webSocket
  if (!socket) throw new Error(`${path} was refused with ${response.status}`)
  const frames: (string | number[])[] = []
  const closes: [number, string][] = []
  socket.binaryType = 'arraybuffer'
  socket.addEventListener('message', ({ data }) => {
    frames.push(typeof data === 'string' ? data : [...new Uint8Array(data as ArrayBuffer)])
  })
  socket.addEventListener('close', ({ code, reason }) => void closes.push([code, reason]))
  socket.accept()
  onTestFinished(() => socket.close())
  return { response, socket, frames, closes }
}

/** The lines of the log, without their times. */
function recordLog() {
  const lines: Record<string, unknown>[] = []
  for (const level of ['info', 'error'] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void lines.push(withoutTime(JSON.parse(line))))
  }
  return lines
}

const withoutTime = ({ time: _, ...line }: Record<string, unknown>) => line

afterEach(() => void vi.restoreAllMocks())

test('a socket is greeted when it is open, and answered in the order in which its listeners were added', async () => {
  const router = createRouter()
  router.websocket('/', () => ws => {
    ws.onOpen(() => ws.send('first'))
    ws.onOpen(() => ws.send('second'))
    ws.onMessage(({ data }) => ws.send(`a ${data}`))
    ws.onMessage(({ data }) => ws.send(`b ${data}`))
    ws.send('before')
  })
  const { socket, frames } = await open(router, '/')
  socket.send('hello')
  await eventually(() => expect(frames).toEqual(['before', 'first', 'second', 'a hello', 'b hello']))
})

test('a listener for `open` that is added later is called at once', async () => {
  const router = createRouter()
  router.websocket('/', () => async ws => {
    await Promise.resolve()
    ws.onOpen(() => ws.send('open'))
  })
  const { frames } = await open(router, '/')
  await eventually(() => expect(frames).toEqual(['open']))
})

test('text arrives and is sent as a string, bytes as an ArrayBuffer or a Uint8Array', async () => {
  const router = createRouter()
  router.websocket(
    '/',
    () => ws =>
      ws.onMessage(({ data }) => {
        if (typeof data === 'string') return ws.send(data)
        ws.send(data)
        ws.send(new Uint8Array(data).subarray(1))
      }),
  )
  const { socket, frames } = await open(router, '/')
  socket.send('ünï')
  socket.send(new Uint8Array([0, 255, 7]))
  await eventually(() => expect(frames).toEqual(['ünï', [0, 255, 7], [255, 7]]))
})

test('a middleware that answers refuses the upgrade, and one that does not gives variables to the handler', async () => {
  const router = createRouter()
  const signedIn = createMiddleware(async (c, next) => {
    const user = c.req.query('user')
    if (user === undefined) return c.text('Who are you?', 401)
    c.set('userId', user)
    await next()
  })
  router.websocket(
    '/rooms/:room',
    signedIn,
    c => ws => ws.onOpen(() => ws.send(`${c.var.userId} ${c.req.param('room')}`)),
  )
  const refused = await router.request('/rooms/dev', { headers: { upgrade: 'websocket' } })
  expect([refused.status, refused.webSocket, await refused.text()]).toEqual([401, null, 'Who are you?'])
  const { frames } = await open(router, '/rooms/dev?user=ada')
  await eventually(() => expect(frames).toEqual(['ada dev']))
})

test('a request that is no upgrade is answered with 426, and any method but GET with 404', async () => {
  const router = createRouter()
  router.websocket('/', () => () => {})
  const response = await router.request('/')
  expect([response.status, response.headers.get('upgrade')]).toEqual([426, 'websocket'])
  expect((await router.request('/', { method: 'POST', headers: { upgrade: 'websocket' } })).status).toBe(404)
  expect((await router.request('/', { headers: { upgrade: 'WebSocket' } })).status).toBe(101)
})

test('a router is a Hono app: it has routes, is mounted in another app, and a 101 passes middleware around it', async () => {
  const router = createRouter()
  router.get('/plain', c => c.text(`plain ${typeof c.var.logger.info}`))
  router.websocket('/socket', () => ws => ws.onOpen(() => ws.send('open')))
  const app = new Hono().use(cors(), secureHeaders()).route('/api', router)
  expect(await (await app.request('/api/plain')).text()).toBe('plain function')
  const { response, frames } = await open(app, '/api/socket', { origin: 'https://elsewhere.test' })
  expect(response.headers.get('x-frame-options')).toBe('SAMEORIGIN')
  await eventually(() => expect(frames).toEqual(['open']))
})

test.each([
  [
    'throws',
    () => {
      throw new Error('no')
    },
  ],
  [
    'rejects',
    async () => {
      await Promise.resolve()
      throw new Error('no')
    },
  ],
] as const)(
  'a listener that %s closes its socket with 1011, is logged, and leaves other sockets alone',
  async (_, fail) => {
    const lines = recordLog()
    const router = createRouter()
    const ended: number[] = []
    router.websocket('/', () => ws => {
      ws.onMessage(({ data }) => (data === 'fail' ? fail() : ws.send('fine')))
      ws.onClose(({ code }) => ended.push(code))
    })
    const failing = await open(router, '/')
    const other = await open(router, '/')
    failing.socket.send('fail')
    await eventually(() => expect([failing.closes, ended]).toEqual([[[1011, 'internal']], [1011]]))
    other.socket.send('hello')
    await eventually(() => expect([other.frames, other.closes]).toEqual([['fine'], []]))
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'A WebSocket handler failed',
        data: { path: '/', error: expect.stringMatching(/^Error: no\n/) },
      },
    ])
  },
)

test('a handler that throws before the upgrade is answered with 500, and after it with 1011', async () => {
  const lines = recordLog()
  const router = createRouter()
  router.onError((error, c) => c.text(error.message, 500))
  router.websocket('/before', () => {
    throw new Error('before')
  })
  router.websocket('/after', () => () => {
    throw new Error('after')
  })
  expect((await router.request('/before', { headers: { upgrade: 'websocket' } })).status).toBe(500)
  const { closes } = await open(router, '/after')
  await eventually(() => expect(closes).toEqual([[1011, 'internal']]))
  expect(lines.at(-1)).toMatchObject({ data: { path: '/after' } })
})

test('what is sent to a socket that has closed is dropped, as a browser does', async () => {
  const lines = recordLog()
  const router = createRouter()
  const states: number[] = []
  router.websocket('/', () => ws => {
    ws.onMessage(() => {
      ws.close(4000, 'enough')
      ws.send('too late')
      ws.close(4001, 'again')
      states.push(ws.readyState)
    })
    ws.onClose(() => {
      ws.send('much too late')
      states.push(ws.readyState)
    })
  })
  const { socket, frames, closes } = await open(router, '/')
  socket.send('hello')
  await eventually(() => expect(states).toEqual([2, 3]))
  expect([frames, closes, lines]).toEqual([[], [[4000, 'enough']], []])
})

test('`onClose` receives the code of the client, whose Close frame is answered', async () => {
  const router = createRouter()
  const codes: [number, string][] = []
  router.websocket('/', () => ws => ws.onClose(({ code, reason }) => codes.push([code, reason])))
  const { socket, closes } = await open(router, '/')
  socket.close(3001, 'bye')
  await eventually(() => expect([codes, closes]).toEqual([[[3001, 'bye']], [[3001, 'bye']]]))
})
