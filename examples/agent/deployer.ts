import { tool } from 'ai'
import { CircleAgent, type Reply, type TurnRequest } from 'circles-rooms/agent'
import { answerWith, openAiCompatible } from 'circles-rooms/ai'
import { z } from 'zod'

const deploy = tool({
  description: 'Deploys a version to production.',
  inputSchema: z.object({ version: z.string() }),
  needsApproval: true,
  execute: async ({ version }) => `${version} is live.`,
})

export class Deployer extends CircleAgent<{ MODEL_URL: string; MODEL: string }> {
  protected override readonly metadata = { name: 'Deployer', description: 'Deploys when people agree.' }
  protected override onTurn(request: TurnRequest, reply: Reply) {
    const model = openAiCompatible({ baseUrl: this.env.MODEL_URL, model: this.env.MODEL })
    return answerWith(model, request, reply, { persona: this.metadata, tools: { deploy } })
  }
}
