import type { Env } from '../../env.ts'
import { CircleAgent } from '../kit/circle-agent.ts'
import type { Reply } from '../kit/reply.ts'
import type { TurnRequest } from '../kit/turn-request.ts'
import { builtInReply } from './pickle-builtin.ts'

/** The settings that Pickle reads. A model's name, with an address or the binding `AI`, configures a language model. */
export type PickleEnv = Pick<Env, 'AGENT_BASE_URL' | 'AGENT_API_KEY' | 'AGENT_MODEL' | 'AGENT_PROMPT' | 'AI'>

/** The agent that comes with every circle. It replies with a language model if one is configured. */
export class Pickle extends CircleAgent<PickleEnv> {
  protected override readonly metadata = {
    name: 'Pickle',
    description: 'The house cat. Helps, rolls dice, and knows who is here and what time it is.',
  }

  protected override async onTurn(request: TurnRequest, reply: Reply): Promise<void> {
    await reply.status('thinking')
    const model = await configuredModel(this.env)
    if (model === null) return reply.write(builtInReply(request, rollFairly))
    const { answerWith } = await import('../kit/model.ts')
    return answerWith(model, request, reply, { persona: { ...this.metadata, prompt: this.env.AGENT_PROMPT } })
  }
}

/**
 * Returns the language model that is configured, or null. Its code is loaded on demand: 190 kB (gzip) and about 100 ms
 * that a circle without a model must not pay when it wakes.
 */
async function configuredModel({ AGENT_BASE_URL: baseUrl, AGENT_API_KEY: apiKey, AGENT_MODEL: model, AI }: PickleEnv) {
  if (!model) return null
  if (baseUrl) return (await import('../kit/model.ts')).openAiCompatible({ baseUrl, apiKey, model })
  return AI === undefined ? null : (await import('../kit/workers-ai.ts')).workersAi(AI, model)
}

/** Rolls a die without modulo bias: a number above the last whole multiple of `sides` is drawn again. */
function rollFairly(sides: number): number {
  const range = 0x1_0000_0000
  const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1))
  return drawn < range - (range % sides) ? (drawn % sides) + 1 : rollFairly(sides)
}
