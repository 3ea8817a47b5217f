import type { Env } from '../../../src/env.ts'
import { WorkspaceObject as Workspace } from '../../../src/worker.ts'
import { app, queue } from '../../support/app.ts'
import { seededRandom } from '../../support/random.ts'

export { CircleDirectory as RegisterObject } from '../../../src/deployment/directory/object.ts'
export { AgentChannelObject, CircleObject } from '../../../src/worker.ts'

/** A workspace with a method that crashes it. */
export class WorkspaceObject extends Workspace {
  crash(): void {
    this.ctx.abort('crashed by the test')
  }
}

type Crashing = { crash(): Promise<void> }
type FlakyEnv = Env & { PRODUCER: Fetcher }

const random = seededRandom(20261121)
const interruptions = { before: 0, halfway: 0, after: 0, crash: 0 }

export default {
  async fetch(request: Request, env: FlakyEnv): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/test/interruptions') return Response.json(interruptions)
    if (pathname.startsWith('/test/producer')) return env.PRODUCER.fetch(request)
    return app.fetch(request, env)
  },

  /** The real consumer, interrupted in two of five batches: at one end, in the middle, or by a crash of its channel. */
  async queue({ messages }: MessageBatch, env: FlakyEnv): Promise<void> {
    const chance = random()
    if (chance < 0.1) fail('before')
    if (chance < 0.2) {
      await queue({ messages: messages.slice(0, Math.ceil(messages.length * random())) }, env)
      fail('halfway')
    }
    if (chance < 0.3) {
      // Everything is stored, and nothing is acknowledged.
      await queue({ messages: messages.map(({ body, attempts }) => ({ body, attempts, ack() {}, retry() {} })) }, env)
      fail('after')
    }
    if (chance >= 0.4) return queue({ messages }, env)
    interruptions.crash += 1
    const workspace = env.WORKSPACES.getByName('acme') as unknown as Crashing
    const working = queue({ messages }, env)
    await workspace.crash().catch(() => {}) // a call to an object that aborts always fails
    await working
  },
}

function fail(when: keyof typeof interruptions): never {
  interruptions[when] += 1
  throw new Error(`interrupted: ${when}`)
}
