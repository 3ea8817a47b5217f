import { WorkerEntrypoint } from 'cloudflare:workers'
import type { Env } from '../../src/env.ts'
import worker, { CircleObject as Circle, RelayObject as Relay } from '../../src/worker.ts'

// Circles in two processes: one has every object but the relays, the other has relays and reaches those objects in the
// first. On the platform, objects of one Worker reach each other by their names wherever they run; workerd by itself knows
// only those of its own process, so here a name crosses, and is resolved in the process that has the object.

export * from '../../src/worker.ts'

type Bound = 'CIRCLES' | 'PASSES' | 'REGISTER' | 'STATS' | 'INBOXES' | 'CIRCLE_RELAYS'
type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>
type Elsewhere = {
  fetch(request: Request): Promise<Response>
  call(binding: Bound, name: string, method: string, args: unknown[]): Promise<unknown>
}
/** The `Objects` of other processes: `CIRCLE` where relays are, `RELAYS_<region>` where the circle is. */
type SplitEnv = Env & {
  CONTINENT?: string // where every request comes from
  CIRCLE?: Elsewhere
  [relays: `RELAYS_${string}`]: Elsewhere | undefined
}

const withCircles: readonly Bound[] = ['CIRCLES', 'PASSES', 'REGISTER', 'STATS', 'INBOXES']
const objectHeader = 'x-object'

/** What another process asks of this one. */
export class Objects extends WorkerEntrypoint {
  /** An upgrade, or another request, for an object. */
  override fetch(request: Request): Promise<Response> {
    const [binding, name = ''] = (request.headers.get(objectHeader) ?? '').split(' ')
    const headers = new Headers(request.headers)
    headers.delete(objectHeader)
    return stubOf(this.env, binding as Bound, name).fetch(new Request(request, { headers }))
  }

  call(binding: Bound, name: string, method: string, args: unknown[]): Promise<unknown> | undefined {
    return (stubOf(this.env, binding, name) as unknown as Methods)[method]?.(...args)
  }
}

/** A circle whose relays are in other processes. */
export class CircleObject extends Circle {
  constructor(state: DurableObjectState, env: SplitEnv) {
    super(state, withObjects(env) as Cloudflare.Env)
  }
}

/** A relay whose circle is in another process. */
export class RelayObject extends Relay {
  constructor(state: DurableObjectState, env: SplitEnv) {
    super(state, withObjects(env))
  }
}

export default {
  fetch(request: Request, env: SplitEnv, context: ExecutionContext): Response | Promise<Response> {
    const cf = { continent: env.CONTINENT } as CfProperties
    return worker.fetch(new Request(request, { cf }), withObjects(env), context)
  },
}

function stubOf(env: Env, binding: Bound, name: string): Fetcher {
  const namespace = env[binding]
  if (namespace === undefined) throw new Error(`expected the binding ${binding}`)
  return namespace.getByName(name) as unknown as Fetcher
}

function withObjects(env: SplitEnv): Env {
  const { CIRCLE } = env
  if (CIRCLE === undefined) return { ...env, CIRCLE_RELAYS: relaysElsewhere(env) }
  const stubs = withCircles.map(binding => [binding, { getByName: (name: string) => stubIn(CIRCLE, binding, name) }])
  return { ...env, ...Object.fromEntries(stubs) }
}

/** The relays of a region are in the process of this region. */
function relaysElsewhere(env: SplitEnv): NonNullable<Env['CIRCLE_RELAYS']> {
  const getByName = (name: string) => {
    const process = env[`RELAYS_${name.split('/')[1] ?? ''}`]
    if (process === undefined) throw new Error(`expected a process for ${name}`)
    return stubIn(process, 'CIRCLE_RELAYS', name)
  }
  return { getByName } as unknown as NonNullable<Env['CIRCLE_RELAYS']>
}

function stubIn(process: Elsewhere, binding: Bound, name: string): object {
  const fetch = (request: Request) => {
    const headers = new Headers(request.headers)
    headers.set(objectHeader, `${binding} ${name}`)
    return process.fetch(new Request(request, { headers }))
  }
  const get = (_: object, method: string | symbol) =>
    method === 'fetch' ? fetch : (...args: unknown[]) => process.call(binding, name, String(method), args)
  return new Proxy({}, { get })
}
