import type { Env } from '../../../src/env.ts'
import { app } from '../../../src/http/app.ts'
import { queue } from '../../../src/queue/queue.ts'
import { WorkspaceObject as Workspace } from '../../../src/rooms/object/channel-objects.ts'
import { seededRandom } from '../../support/random.ts'

export { CircleDirectory as RegisterObject } from '../../../src/deployment/directory/object.ts'
export { AgentChannelObject, CircleObject } from '../../../src/rooms/object/channel-objects.ts'

/** A workspace that can be told to crash. */
export class WorkspaceObject extends Workspace {
  crash(): void {
    this.ctx.abort('the test says so')
  }
}

type Crashing = { crash(): Promise<void> }
type FlakyEnv = Env & { PRODUCER: Fetcher }

const random = seededRandom(20261121)
const cut = { before: 0, halfway: 0, after: 0, below: 0 }

export default {
  async fetch(request: Request, env: FlakyEnv): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/test/cuts') return Response.json(cut)
    if (pathname.startsWith('/test/producer')) return env.PRODUCER.fetch(request)
    return app.fetch(request, env)
  },

  /** The consumer as it is, cut off in two of five batches: at one end, in the middle, or under its feet. */
  async queue({ messages }: MessageBatch, env: FlakyEnv): Promise<void> {
    const fate = random()
    if (fate < 0.1) die('before')
    if (fate < 0.2) {
      await queue({ messages: messages.slice(0, Math.ceil(messages.length * random())) }, env)
      die('halfway')
    }
    if (fate < 0.3) {
      // Everything is stored, and nothing is acknowledged.
      await queue({ messages: messages.map(({ body, attempts }) => ({ body, attempts, ack() {}, retry() {} })) }, env)
      die('after')
    }
    if (fate >= 0.4) return queue({ messages }, env)
    cut.below += 1
    const workspace = env.WORKSPACES.getByName('acme') as unknown as Crashing
    const working = queue({ messages }, env)
    await workspace.crash().catch(() => {}) // a call of what aborts is broken off, always
    await working
  },
}

function die(when: keyof typeof cut): never {
  cut[when] += 1
  throw new Error(`cut off ${when}`)
}
