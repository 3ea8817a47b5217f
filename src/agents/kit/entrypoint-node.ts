/** Where an agent is tested: the two fields of the platform's class that an agent sees. */
export class WorkerEntrypoint<Env = unknown> {
  protected readonly ctx: unknown
  protected readonly env: Env

  constructor(ctx: unknown, env: Env) {
    this.ctx = ctx
    this.env = env
  }
}
