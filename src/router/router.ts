import { type Context, type Env, Hono, type MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { type ContextLogger, createContextLogger } from './context-logger.ts'
import './timer.ts'
import { type SocketSetup, type UpgradeHandler, upgrade } from './upgrade.ts'

/** Variables and bindings that nobody declared, as Hono types them where no `Env` is given: of any name and type. */
export type OpenEnv = { Bindings: Context['env']; Variables: Context['var'] }

/** What a router's routes see: `E`, open variables, and the logger. */
export type RouterEnv<E extends Env = OpenEnv> = E & { Variables: Context['var'] & { logger: ContextLogger } }

/** The environment of a route behind a middleware that declares `Added`, or nothing. */
export type Behind<E extends Env, Added> = 0 extends 1 & Added ? E : E & Added

/** The last handler of a WebSocket route: called with the request's context, then with the socket that was accepted. */
export type SocketHandler<E extends Env = RouterEnv, Path extends string = string> = (
  c: Context<E, Path>,
) => SocketSetup | Promise<SocketSetup>

/** A Hono app whose routes can be WebSockets. */
export class Router<E extends Env = RouterEnv> extends Hono<E> {
  /**
   * Serves WebSockets at a path. Middleware runs before the upgrade: one that answers refuses it. A request that is no
   * upgrade is answered with 426.
   */
  websocket<Path extends string>(path: Path, handler: SocketHandler<E, Path>): this
  websocket<Path extends string, E1 extends Env = E>(
    path: Path,
    first: MiddlewareHandler<E1>,
    handler: SocketHandler<Behind<E, E1>, Path>,
  ): this
  websocket<Path extends string, E1 extends Env = E, E2 extends Env = E>(
    path: Path,
    first: MiddlewareHandler<E1>,
    second: MiddlewareHandler<E2>,
    handler: SocketHandler<Behind<Behind<E, E1>, E2>, Path>,
  ): this
  websocket<Path extends string, E1 extends Env = E, E2 extends Env = E, E3 extends Env = E>(
    path: Path,
    first: MiddlewareHandler<E1>,
    second: MiddlewareHandler<E2>,
    third: MiddlewareHandler<E3>,
    handler: SocketHandler<Behind<Behind<Behind<E, E1>, E2>, E3>, Path>,
  ): this
  websocket<Path extends string>(path: Path, ...handlers: [...MiddlewareHandler[], SocketHandler<E, Path>]): this
  websocket(path: string, ...handlers: [...MiddlewareHandler[], SocketHandler<E>]): this {
    const handler = handlers.at(-1) as UpgradeHandler
    const middleware = handlers.slice(0, -1) as MiddlewareHandler[]
    this.on('GET', [path], ...middleware, c => upgrade(c, handler))
    return this
  }
}

/** Makes a Hono app with `websocket`, and with `c.var.logger` in all of its routes. */
export function createRouter<E extends Env = OpenEnv>(): Router<RouterEnv<E>> {
  const router = new Router<RouterEnv<E>>()
  router.use(setLogger)
  return router
}

const setLogger = createMiddleware<RouterEnv>(async (c, next) => {
  c.set('logger', createContextLogger())
  await next()
})
