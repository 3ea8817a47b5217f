import { expect, test } from 'vitest'
import {
  Agent,
  CircleAgent,
  type Line,
  type Reply,
  type TurnMessage,
  type TurnRequest,
} from '../../../src/agents/kit/agent.ts'
import { runTurn } from '../../../src/agents/kit/testing.ts'
import { aMessage } from '../../support/agents.ts'

// The names of `circles-rooms/agent` 0.1, as its documentation used them. They work until 0.2.

class Owl extends Agent<{ greeting: string }> {
  protected override readonly about = { name: 'Night Owl', description: 'Sees in the dark.' }

  protected override async answer({ asked, history }: TurnRequest, reply: Reply): Promise<void> {
    await reply.status('tool', 'looking')
    await reply.say(`${this.env.greeting}, ${asked.author.name}! ${lastOf(history)}`)
    const { decision } = await reply.ask('Hunt?', { role: 'moderator', minutes: 5 })
    reply.used({ input_tokens: 2, output_tokens: 1 })
    await reply.delta(decision)
  }
}

function lastOf(history: Line[]): string {
  return history.at(-1)?.content ?? ''
}

const env = { greeting: 'Hoo' }

test('[0.1] a subclass of Agent with about and answer describes itself, replies, asks and reports its usage', async () => {
  expect(await new Owl({} as never, env).describe()).toEqual({
    id: 'night-owl',
    name: 'Night Owl',
    description: 'Sees in the dark.',
  })
  const history = [aMessage({ content: 'before ' })]
  expect(await runTurn(Owl, '@owl hello', { env, request: { history }, decisions: ['approved'] })).toEqual({
    outcome: {
      type: 'answered',
      content: 'Hoo, Ada! before approved',
      truncated: false,
      usage: { input_tokens: 2, output_tokens: 1 },
    },
    content: 'Hoo, Ada! before approved',
    deltas: ['Hoo, Ada! before ', 'approved'],
    statuses: ['looking'],
    approvals: [{ description: 'Hunt?', role: 'moderator', minutes: 5 }],
  })
})

test('[0.1] members without modifiers, as in the README of 0.1, override those of Agent', async () => {
  class Short extends Agent {
    about = { name: 'Short', description: '' }
    async answer({ asked }: TurnRequest, reply: Reply) {
      await reply.say(`Hoo, ${asked.author.name}!`)
    }
  }
  expect((await runTurn(Short, 'hello')).content).toBe('Hoo, Ada!')
})

test('[0.1] a CircleAgent has the names of 0.1 beside the new ones, so an agent can be moved step by step', async () => {
  const seen: TurnMessage[] = []
  class Moving extends CircleAgent {
    protected override readonly metadata = { name: 'Moving', description: '' }
    protected override async onTurn({ message, asked }: TurnRequest, reply: Reply): Promise<void> {
      seen.push(message, asked)
      await reply.say('old ')
      await reply.write('new')
      reply.used({ input_tokens: 1, output_tokens: 1 })
      reply.reportUsage({ input_tokens: 1, output_tokens: 1 })
    }
  }
  const { outcome } = await runTurn(Moving, 'hello')
  expect(outcome).toMatchObject({ content: 'old new', usage: { input_tokens: 2, output_tokens: 2 } })
  expect(seen.map(({ content }) => content)).toEqual(['hello', 'hello'])
})
