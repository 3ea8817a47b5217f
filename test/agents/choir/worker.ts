import { WorkerEntrypoint } from 'cloudflare:workers'
import { Agent, type Reply } from '../../../src/agents/kit/agent.ts'
import { app } from '../../../src/http/app.ts'

export { RegisterObject } from '../../../src/deployment/directory/object.ts'
export { AgentChannelObject, CircleObject, WorkspaceObject } from '../../../src/rooms/object/channel-objects.ts'

const pieces = 50

/** Sings `1 2 3 …`, a piece every few milliseconds. */
abstract class Singer extends Agent {
  protected override async answer(_: unknown, reply: Reply): Promise<void> {
    for (let piece = 1; piece <= pieces; piece++) {
      await scheduler.wait(5)
      await reply.delta(`${piece} `)
    }
  }
}

export class Lark extends Singer {
  protected override readonly about = { name: 'Lark', description: '' }
}

export class Wren extends Singer {
  protected override readonly about = { name: 'Wren', description: '' }
}

export class Grumpy extends WorkerEntrypoint {
  describe(): never {
    throw new Error('a secret of the agent')
  }

  turn(): never {
    throw new Error('a secret of the agent')
  }
}

export class Mute extends WorkerEntrypoint {}

export default { fetch: app.fetch }
