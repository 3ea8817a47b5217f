// Stands in for `cloudflare:workers` in plain node, as `#workers`: the two fields that the platform gives to each class.

class Base<Env = unknown> {
  protected readonly ctx: unknown
  protected readonly env: Env

  constructor(ctx: unknown, env: Env) {
    this.ctx = ctx
    this.env = env
  }
}

/** The base class of a Durable Object. */
export class DurableObject<Env = unknown> extends Base<Env> {}

/** The base class of a Worker that is called through service bindings. */
export class WorkerEntrypoint<Env = unknown> extends Base<Env> {}
