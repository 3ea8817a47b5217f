import { expect, test } from 'vitest'
import { Agent, type Reply, type TurnRequest } from '../../../src/agents/kit/agent.ts'
import { askAgent, type Given, type Told } from '../../../src/agents/kit/testing.ts'
import { aMessage } from '../../support/agents.ts'

// The names of `circles-rooms/agent/testing` 0.1. They work until 0.2.

class Owl extends Agent<{ greeting?: string }> {
  protected override readonly about = { name: 'Owl', description: '' }

  protected override async answer({ asked, members }: TurnRequest, reply: Reply): Promise<void> {
    await reply.status('thinking')
    if (asked.content === 'deploy') {
      const { decision } = await reply.ask('Deploy?')
      return reply.say(decision)
    }
    const found = await reply.circle.search('hoot')
    await reply.say(`${this.env.greeting ?? 'Hoo'} ${asked.content}, ${members.length}, ${found.length}`)
  }
}

test('[0.1] askAgent takes the options of 0.1 and returns its result', async () => {
  const given: Given<{ greeting?: string }> = {
    env: { greeting: 'Hi' },
    request: { asked: aMessage({ content: 'hoot' }), members: [] },
    circle: { search: async () => [aMessage()] },
  }
  const told: Told = await askAgent(Owl, 'ignored', given)
  expect(told).toEqual({
    outcome: { type: 'answered', content: 'Hi hoot, 0, 1', truncated: false },
    content: 'Hi hoot, 0, 1',
    deltas: ['Hi hoot, 0, 1'],
    statuses: ['thinking'],
    asked: [],
  })
})

test('[0.1] askAgent without options prompts with the content, and reports what the agent asked', async () => {
  const waiting = await askAgent(Owl, 'deploy')
  expect([waiting.outcome, waiting.asked]).toEqual([
    { type: 'asks', ask: { description: 'Deploy?' } },
    [{ description: 'Deploy?' }],
  ])
  const binding = { turn: (request: TurnRequest) => new Owl({} as never, {}).turn(request) }
  expect((await askAgent(binding, 'deploy', { decisions: ['rejected'] })).content).toBe('rejected')
})
