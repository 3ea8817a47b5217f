import type { Env } from '../../env.ts'
import type { TurnRequest } from '../../protocol/turns.ts'
import { Agent, type Reply } from '../kit/agent.ts'
import { builtInReply } from './pickle-builtin.ts'

/** The settings Pickle reads. A model's name, and an address or the binding `AI` beside it, make a language model. */
export type PickleEnv = Pick<Env, 'AGENT_BASE_URL' | 'AGENT_API_KEY' | 'AGENT_MODEL' | 'AGENT_PROMPT' | 'AI'>

/** The agent that comes with every circle. */
export class Pickle extends Agent<PickleEnv> {
  protected override readonly about = {
    name: 'Pickle',
    description: 'The cat of the house. Helps, throws dice, tells who is here and what time it is.',
  }

  protected override async answer(request: TurnRequest, reply: Reply): Promise<void> {
    await reply.status('thinking')
    const model = await modelOf(this.env)
    if (model === null) return reply.say(builtInReply(request, fairDie))
    const { answerWith } = await import('../kit/model.ts')
    return answerWith(model, request, reply, { persona: { ...this.about, prompt: this.env.AGENT_PROMPT } })
  }
}

/**
 * The language model that is configured, or null. Its code is loaded when it is needed: 190 kB (gzip) and about 100 ms
 * that a circle without a model must not pay on waking.
 */
async function modelOf({ AGENT_BASE_URL: baseUrl, AGENT_API_KEY: apiKey, AGENT_MODEL: model, AI }: PickleEnv) {
  if (!model) return null
  if (baseUrl) return (await import('../kit/model.ts')).openAiCompatible({ baseUrl, apiKey, model })
  return AI === undefined ? null : (await import('../kit/workers-ai.ts')).workersAi(AI, model)
}

/** Without modulo bias: what lies beyond the last whole multiple is thrown again. */
function fairDie(sides: number): number {
  const range = 0x1_0000_0000
  const [thrown = 0] = crypto.getRandomValues(new Uint32Array(1))
  return thrown < range - (range % sides) ? (thrown % sides) + 1 : fairDie(sides)
}
