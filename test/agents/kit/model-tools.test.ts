import { readFileSync } from 'node:fs'
import { tool } from 'ai'
import { afterEach, expect, test } from 'vitest'
import * as z from 'zod/v4'
import { Deployer } from '../../../examples/agent/deployer.ts'
import { CircleAgent, type Reply, type TurnRequest } from '../../../src/agents/kit/agent.ts'
import { answerWith, openAiCompatible } from '../../../src/agents/kit/model.ts'
import { runTurn } from '../../../src/agents/kit/testing.ts'
import { delta, done, finish, modelServer, stream } from '../../support/model-server.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => void (await Promise.all(closing.splice(0).map(close => close()))))

type Call = { id: string; name: string; input: unknown }
const calls = (...list: Call[]) =>
  `data: ${JSON.stringify({
    choices: [
      {
        index: 0,
        delta: {
          tool_calls: list.map(({ id, name, input }, index) => {
            return {
              index,
              id,
              function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
            }
          }),
        },
        finish_reason: 'tool_calls',
      },
    ],
  })}\n\n`

/** A model that sends these frames, response by response, and repeats the last. */
async function scripted(...responses: string[][]) {
  const server = await modelServer(response => {
    stream(response, ...(responses[Math.min(server.requests.length, responses.length) - 1] ?? []), done)
    response.end()
  })
  closing.push(server.close)
  const messages = () => server.requests.map(({ body }) => JSON.parse(body).messages.slice(2))
  return { env: { MODEL_URL: server.baseUrl, MODEL: 'm' }, requests: server.requests, messages }
}

const v = (version: string, id = 'call-1') => calls({ id, name: 'deploy', input: { version } })

test('[T8] an agent with a model and one tool, as in the example: the tool runs once people approved its input', async () => {
  const { env, requests, messages } = await scripted([delta('Let me deploy it.'), v('v1')], [delta('Done.'), finish()])
  const { outcome, approvals, statuses } = await runTurn(Deployer, 'deploy v1', { env, decisions: ['approved'] })
  expect(approvals).toEqual([
    { description: 'Run deploy?', key: 'call-1', data: { tool: 'deploy', input: { version: 'v1' } } },
  ])
  expect(outcome).toMatchObject({ type: 'answered', content: 'Let me deploy it.\n\nDone.' })
  expect(statuses).toEqual(['deploy', 'thinking'])
  expect(requests).toHaveLength(2) // the model is not paid again after the approval
  expect(messages()[1]).toMatchObject([
    { role: 'assistant', content: 'Let me deploy it.', tool_calls: [{ id: 'call-1', function: { name: 'deploy' } }] },
    { role: 'tool', tool_call_id: 'call-1', content: 'v1 is live.' },
  ])
})

test('[T8] a model that asks for v2 after people approved v1 gets a new question, never a yes', async () => {
  const { env } = await scripted([v('v1')], [v('v2', 'call-2')], [delta('Done.'), finish()])
  const { outcome, approvals } = await runTurn(Deployer, 'deploy', { env, decisions: ['approved'] })
  expect(approvals.map(({ key, data }) => [key, data])).toEqual([
    ['call-1', { tool: 'deploy', input: { version: 'v1' } }],
    ['call-2', { tool: 'deploy', input: { version: 'v2' } }],
  ])
  expect(outcome.type).toBe('asks')
})

test('[T8] what people reject does not run, and the model is told', async () => {
  const { env, messages } = await scripted([v('v1')], [delta('Not done.'), finish()])
  const { outcome } = await runTurn(Deployer, 'deploy', { env, decisions: ['rejected'] })
  expect(outcome).toMatchObject({ content: 'Not done.' })
  expect(messages()[1]?.at(-1)).toMatchObject({ role: 'tool', content: expect.stringMatching(/denied/i) })
})

function agentWith(tools: Parameters<typeof answerWith>[3]['tools'], maxCalls?: number) {
  return class extends CircleAgent<{ MODEL_URL: string }> {
    protected override readonly metadata = { name: 'Owl', description: '' }
    protected override onTurn(request: TurnRequest, reply: Reply) {
      const model = openAiCompatible({ baseUrl: this.env.MODEL_URL, model: 'm' })
      return answerWith(model, request, reply, {
        persona: this.metadata,
        ...(tools && { tools }),
        ...(maxCalls && { maxCalls }),
      })
    }
  }
}

const input = z.object({ n: z.int() })

test.each([
  ['a tool that fails', { id: 'c', name: 'broken', input: { n: 1 } }, 'The database is away.'],
  ['a tool that does not exist', { id: 'c', name: 'other', input: {} }, 'There is no such tool.'],
  [
    'an input of another shape',
    { id: 'c', name: 'broken', input: { n: 'x' } },
    'The input does not match the schema of the tool.',
  ],
  [
    'an input that is no JSON',
    { id: 'c', name: 'broken', input: '{"n":' },
    'The input does not match the schema of the tool.',
  ],
  [
    'an input that cannot be shown',
    { id: 'c', name: 'asked', input: { text: 'x'.repeat(5_000) } },
    'The input is too large to be shown for approval.',
  ],
  ['a long result', { id: 'c', name: 'long', input: { n: 1 } }, expect.stringMatching(/^"x{32767}…$/)],
  ['results that come bit by bit', { id: 'c', name: 'bits', input: { n: 1 } }, '2'],
])('the model is told of %s', async (_, call, content) => {
  const tools = {
    broken: tool({
      inputSchema: input,
      execute: async (): Promise<string> => {
        throw new Error('The database is away.')
      },
    }),
    asked: tool({ inputSchema: z.object({ text: z.string() }), needsApproval: true, execute: () => 'no' }),
    long: tool({ inputSchema: input, execute: () => 'x'.repeat(50_000) }),
    bits: tool({
      inputSchema: input,
      execute: async function* () {
        yield 1
        yield 2
      },
    }),
  }
  const { env, messages } = await scripted([calls(call)], [delta('Hm.'), finish()])
  const { outcome } = await runTurn(agentWith(tools), 'go', { env })
  expect(outcome).toMatchObject({ type: 'answered', content: 'Hm.' })
  expect(messages()[1]?.at(-1)).toMatchObject({ role: 'tool', tool_call_id: 'c', content })
})

test('[T8] several calls run in their order, each as it needs; what ran does not run again', async () => {
  const ran: string[] = []
  const note = (needsApproval: (n: number) => boolean) =>
    tool({
      inputSchema: input,
      needsApproval: ({ n }) => needsApproval(n),
      execute: ({ n }) => void ran.push(`note ${n}`),
    })
  const { env } = await scripted(
    [calls({ id: 'a', name: 'note', input: { n: 1 } }, { id: 'b', name: 'note', input: { n: 2 } })],
    [delta('Noted.'), finish()],
  )
  const agent = agentWith({ note: note(n => n === 2) })
  const { approvals, outcome } = await runTurn(agent, 'go', { env, decisions: ['approved'] })
  expect(approvals.map(({ key }) => key)).toEqual(['b'])
  expect(ran).toEqual(['note 1', 'note 2'])
  expect(outcome).toMatchObject({ content: 'Noted.', usage: { input_tokens: 21, output_tokens: 3 } })
})

test('a model that only calls tools is called `maxCalls` times, the last time without tools', async () => {
  let ran = 0
  const tools = { more: tool({ inputSchema: input, execute: () => ++ran }) }
  const { env, requests } = await scripted([delta('More.'), calls({ id: 'c', name: 'more', input: { n: 1 } })])
  const { outcome } = await runTurn(agentWith(tools, 3), 'go', { env })
  expect(outcome).toMatchObject({ type: 'answered', content: 'More.\n\nMore.\n\nMore.', truncated: true })
  expect([requests.length, ran]).toEqual([3, 2])
  expect(JSON.parse(requests[2]?.body ?? '')).not.toHaveProperty('tools')
})

test('the agent in the documentation is the example, and has at most 20 lines', () => {
  const example = readFileSync('examples/agent/deployer.ts', 'utf8')
  expect(readFileSync('docs/ai.md', 'utf8')).toContain(`\`\`\`ts\n${example}\`\`\``)
  expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(20)
})
