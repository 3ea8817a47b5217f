/** Stands in for the platform's `WorkerEntrypoint` in tests: the two fields of it that an agent sees. */
export class WorkerEntrypoint<Env = unknown> {
  protected readonly ctx: unknown
  protected readonly env: Env

  constructor(ctx: unknown, env: Env) {
    this.ctx = ctx
    this.env = env
  }
}
