import type { TurnRequest } from '../protocol/turns.ts'
import { Agent, type Reply } from './kit/agent.ts'
import { builtInAnswer } from './pickle-brain.ts'

/** The agent that comes with every circle. */
export class Pickle extends Agent {
  protected override readonly about = {
    name: 'Pickle',
    description: 'The cat of the house. Helps, throws dice, tells who is here and what time it is.',
  }

  protected override async answer(request: TurnRequest, reply: Reply): Promise<void> {
    await reply.status('thinking')
    await reply.say(builtInAnswer(request, fairDie))
  }
}

/** Without modulo bias: what lies beyond the last whole multiple is thrown again. */
function fairDie(sides: number): number {
  const range = 0x1_0000_0000
  const [thrown = 0] = crypto.getRandomValues(new Uint32Array(1))
  return thrown < range - (range % sides) ? (thrown % sides) + 1 : fairDie(sides)
}
