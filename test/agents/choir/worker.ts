import { WorkerEntrypoint } from 'cloudflare:workers'
import { Agent, CircleAgent, type Reply } from '../../../src/agents/kit/agent.ts'
import type { CircleAccess, TurnRequest } from '../../../src/protocol/turns.ts'
import { app } from '../../support/app.ts'

export { CircleDirectory as RegisterObject } from '../../../src/deployment/directory/object.ts'
export { AgentChannelObject, CircleObject, PassesObject, WorkspaceObject } from '../../../src/worker.ts'

const pieces = 50

/** Sends `1 2 3 …`, a piece every few milliseconds. */
async function sing(reply: Reply): Promise<void> {
  for (let piece = 1; piece <= pieces; piece++) {
    await scheduler.wait(5)
    await reply.delta(`${piece} `)
  }
}

export class Lark extends CircleAgent {
  protected override readonly metadata = { name: 'Lark', description: '' }
  protected override onTurn = (_: unknown, reply: Reply) => sing(reply)
}

/** The same, with the names of 0.1. */
export class Wren extends Agent {
  protected override readonly about = { name: 'Wren', description: '' }
  protected override answer = (_: unknown, reply: Reply) => sing(reply)
}

/** Speaks the wire of 0.1 by itself, without the kit. Replies with the names of what it was called with. */
export class Raven extends WorkerEntrypoint {
  describe() {
    return { id: 'raven', name: 'Raven', description: '' }
  }

  async turn(request: TurnRequest, circle: CircleAccess): Promise<ReadableStream<Uint8Array> | null> {
    const found = await circle.search('quoth')
    const { lines } = await circle.lines({ limit: 10 })
    const reminder = await circle.remind('2999-01-01T00:00:00Z', 'later').catch((error: Error) => error.message)
    const content = {
      asked: request.asked.content,
      request: Object.keys(request).toSorted(),
      circle: Object.keys(circle).toSorted(),
      found: [found.length, lines.length, reminder, await circle.reminders(), await circle.forget('none')],
    }
    return new Response(`${JSON.stringify({ type: 'final', content: JSON.stringify(content) })}\n`).body
  }
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
