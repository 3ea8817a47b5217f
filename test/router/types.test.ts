import { Hono } from 'hono'
import { expectTypeOf, test } from 'vitest'
import { agent, type ContextLogger, createAgent, createMiddleware, createRouter } from '../../src/router/index.ts'

// The types, which `tsc` checks; nothing runs but the routes' declarations.

test('variables are open, and the logger is typed', () => {
  createRouter().websocket('/', c => {
    expectTypeOf(c.var.whatever).toBeAny()
    expectTypeOf(c.env.WHATEVER).toBeAny()
    expectTypeOf(c.var.logger).toEqualTypeOf<ContextLogger>()
    return () => {}
  })
  createRouter().get('/', c => {
    expectTypeOf(c.var.logger).toEqualTypeOf<ContextLogger>()
    return c.text('')
  })
})

test('middleware that declares nothing leaves variables open, and what it declares is typed in the handler', () => {
  const open = createMiddleware(async (c, next) => {
    c.set('userId', 1)
    await next()
  })
  const typed = createMiddleware<{ Variables: { userId: string } }>(async (c, next) => {
    c.set('userId', 'ada')
    await next()
  })
  const counted = createMiddleware<{ Variables: { count: number } }>(async (_, next) => next())
  const router = createRouter()
  router.websocket(
    '/',
    async (c, next) => {
      c.set('userId', c.env.USER)
      await next()
    },
    c => ws => ws.send(c.var.userId),
  )
  router.websocket('/', open, c => ws => {
    expectTypeOf(c.var.userId).toBeAny()
    expectTypeOf(c.var.logger).toEqualTypeOf<ContextLogger>()
    ws.send(c.var.userId)
  })
  router.websocket('/', open, typed, counted, c => {
    expectTypeOf(c.var.userId).toEqualTypeOf<string>()
    expectTypeOf(c.var.count).toEqualTypeOf<number>()
    expectTypeOf(c.var.logger).toEqualTypeOf<ContextLogger>()
    return () => {}
  })
})

test('bindings are typed if they are declared, and parameters by the path', () => {
  createRouter<{ Bindings: { DB: { name: string } } }>().websocket('/rooms/:room', c => {
    expectTypeOf(c.env.DB.name).toEqualTypeOf<string>()
    expectTypeOf(c.req.param('room')).toEqualTypeOf<string>()
    // @ts-expect-error it is not bound
    c.env.OTHER
    return () => {}
  })
})

test('a router is mounted in any Hono app, and `websocket` can be chained', () => {
  const router = createRouter()
    .websocket('/a', () => () => {})
    .websocket('/b', () => () => {})
  new Hono<{ Bindings: { DB: object } }>().route('/', router)
})

test('a socket takes text and bytes, and gives text or an ArrayBuffer', () => {
  createRouter().websocket('/', () => ws => {
    ws.onMessage(event => {
      expectTypeOf(event.data).toEqualTypeOf<string | ArrayBuffer>()
      ws.send(event.data as string)
    })
    ws.onMessage((event: MessageEvent) => ws.send(event.data))
    ws.onClose(event => expectTypeOf(event.code).toEqualTypeOf<number>())
    ws.send(new Uint8Array(1))
    ws.send(new ArrayBuffer(1))
    // @ts-expect-error an object is not JSON by itself
    ws.send({ type: 'connected' })
  })
})

test('a Timer is what setInterval returns', () => {
  let timer: Timer
  const start = () => {
    timer = setInterval(() => {}, 1_000)
  }
  const stop = () => clearInterval(timer)
  expectTypeOf(start).returns.toBeVoid()
  expectTypeOf(stop).returns.toBeVoid()
})

test('an agent has the types of its handler; an input without a type is open', () => {
  const typed = createAgent('typed', { handler: async (_, input: { message: string }) => input.message.length })
  expectTypeOf(typed.run).parameters.toEqualTypeOf<[{ message: string }]>()
  expectTypeOf(typed.run).returns.resolves.toEqualTypeOf<number>()
  // @ts-expect-error it takes an object
  const wrong = () => typed.run('hello')
  const open = createAgent('open', { handler: async (context, input) => `${context.logger} ${input.message}` })
  expectTypeOf(open.run).returns.resolves.toEqualTypeOf<string>()
  expectTypeOf([wrong]).toBeArray()
  const run = () => agent({}, 'pickle').run({ message: 'hello', userId: 'ada' })
  expectTypeOf(run).returns.resolves.toEqualTypeOf<string>()
})
