import type { Env } from '../env.ts'
import type { TurnRequest } from '../protocol/turns.ts'
import { Agent, type Reply } from './kit/agent.ts'
import { builtInAnswer } from './pickle-brain.ts'

/** The settings Pickle reads; without an address and a model's name there is no language model. */
export type PickleEnv = Pick<Env, 'AGENT_BASE_URL' | 'AGENT_API_KEY' | 'AGENT_MODEL' | 'AGENT_PROMPT'>

/** The agent that comes with every circle. */
export class Pickle extends Agent<PickleEnv> {
  protected override readonly about = {
    name: 'Pickle',
    description: 'The cat of the house. Helps, throws dice, tells who is here and what time it is.',
  }

  protected override async answer(request: TurnRequest, reply: Reply): Promise<void> {
    await reply.status('thinking')
    const { AGENT_BASE_URL: baseUrl, AGENT_API_KEY: apiKey, AGENT_MODEL: model, AGENT_PROMPT: prompt } = this.env
    if (!baseUrl || !model) return reply.say(builtInAnswer(request, fairDie))
    // Loaded when it is needed: 190 kB (gzip) and about 100 ms that a circle without a model must not pay on waking.
    const { answerWith, openAiCompatible } = await import('./kit/model.ts')
    const persona = { ...this.about, prompt }
    return answerWith(openAiCompatible({ baseUrl, apiKey, model }), request, reply, { persona })
  }
}

/** Without modulo bias: what lies beyond the last whole multiple is thrown again. */
function fairDie(sides: number): number {
  const range = 0x1_0000_0000
  const [thrown = 0] = crypto.getRandomValues(new Uint32Array(1))
  return thrown < range - (range % sides) ? (thrown % sides) + 1 : fairDie(sides)
}
