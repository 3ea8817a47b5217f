import { afterEach, expect, test, vi } from 'vitest'
import { CircleAgent, type TurnRequest } from '../../../src/agents/kit/agent.ts'
import { type AskOptions, type Reply, replyStream } from '../../../src/agents/kit/reply.ts'
import { runTurn } from '../../../src/agents/kit/testing.ts'
import type { Decision, TurnStep } from '../../../src/protocol/turns.ts'
import { noCircle } from '../../support/agents.ts'
import { randomChoices, seeds } from '../../support/random.ts'

afterEach(() => void vi.restoreAllMocks())

function agentWith(onTurn: (reply: Reply, request: TurnRequest) => Promise<void>) {
  return class extends CircleAgent {
    protected override readonly metadata = { name: 'Owl', description: '' }
    protected override onTurn = (request: TurnRequest, reply: Reply) => onTurn(reply, request)
  }
}

/** Asks one question in a call that has these decisions. Returns the answer, or the request for approval that it sent. */
async function askWith(decisions: Partial<Decision>[], description: string, options?: AskOptions) {
  let answer: unknown = null
  const turn = { decisions: decisions as Decision[], steps: [] as TurnStep[] }
  const run = async (reply: Reply) => {
    answer = await reply.ask(description, options)
  }
  const text = await new Response(replyStream(run, { circle: noCircle, turn, report: () => {} })).text()
  return answer ?? JSON.parse(text.split('\n', 1)[0] ?? '')
}

const yes = { approval: 'a1', decision: 'approved' as const, by: 'bob' }
const question = { description: 'Deploy v1?', key: 'call-1', data: { version: 'v1', to: ['eu', 'us'] } }

test('[T8] a decision comes back for the same question, with the data that people saw', async () => {
  const { description, ...options } = question
  const answer = await askWith([{ ...yes, ...question }], description, options)
  expect(answer).toEqual({ ...yes, ...question, approved: true })
  const reordered = { key: 'call-1', data: { to: ['eu', 'us'], version: 'v1' } }
  expect(await askWith([{ ...yes, ...question }], description, reordered)).toMatchObject({ approved: true })
  const rejected = await askWith([{ ...yes, ...question, decision: 'rejected' }], description, options)
  expect(rejected).toMatchObject({ approved: false })
})

test.each<[string, string, AskOptions]>([
  ['another text', 'Deploy v2?', { key: 'call-1', data: question.data }],
  ['another key', 'Deploy v1?', { key: 'call-2', data: question.data }],
  ['no key', 'Deploy v1?', { data: question.data }],
  ['other data', 'Deploy v1?', { key: 'call-1', data: { ...question.data, version: 'v2' } }],
  ['more data', 'Deploy v1?', { key: 'call-1', data: { ...question.data, force: true } }],
  ['another order in a list', 'Deploy v1?', { key: 'call-1', data: { version: 'v1', to: ['us', 'eu'] } }],
  ['no data', 'Deploy v1?', { key: 'call-1' }],
  ['null as data', 'Deploy v1?', { key: 'call-1', data: null }],
  ['a stronger role', 'Deploy v1?', { key: 'call-1', data: question.data, role: 'owner' }],
  ['other people', 'Deploy v1?', { key: 'call-1', data: question.data, users: ['ada'] }],
])('[T8] a question with %s is asked anew', async (_, description, options) => {
  const asked = { type: 'approval', description, ...options }
  expect(await askWith([{ ...yes, ...question }], description, options)).toEqual(asked)
})

test('[T8] a decision that does not say what it is about counts for nothing', async () => {
  expect(await askWith([yes], 'Deploy v1?')).toEqual({ type: 'approval', description: 'Deploy v1?' })
})

test('[T8] of two equal questions the first gets the first decision; whatever stands between does not matter', async () => {
  const decisions = [
    { ...yes, description: 'again?' },
    { ...yes, description: 'other?', decision: 'rejected' as const },
    { ...yes, description: 'again?', decision: 'expired' as const, by: null },
  ]
  const answers: string[] = []
  const run = async (reply: Reply) => {
    for (const text of ['again?', 'again?', 'other?', 'again?']) answers.push((await reply.ask(text)).decision)
  }
  const stream = replyStream(run, { circle: noCircle, turn: { decisions, steps: [] }, report: () => {} })
  expect(await new Response(stream).text()).toBe('{"type":"approval","description":"again?"}\n')
  expect(answers).toEqual(['approved', 'expired', 'rejected'])
})

test('[T8] a text that is cut, and one with half a character, is recognized', async () => {
  for (const text of ['x'.repeat(2_000), `${'x'.repeat(999)}😀`, 'half \ud83d']) {
    const asked = await askWith([], text)
    expect(asked.description.isWellFormed()).toBe(true)
    expect(await askWith([{ ...yes, description: asked.description }], text)).toMatchObject({ approved: true })
  }
})

test('[T8] data is compared as the JSON that people were shown', async () => {
  const data = { at: new Date(0), left: undefined, list: [undefined] }
  const asked = await askWith([], 'go?', { data })
  expect(asked.data).toEqual({ at: '1970-01-01T00:00:00.000Z', list: [null] })
  expect(await askWith([{ ...yes, ...asked }], 'go?', { data })).toMatchObject({ approved: true, data: asked.data })
  const odd = JSON.parse('{"__proto__":{"version":"v2"},"constructor":1}')
  expect(JSON.stringify((await askWith([], 'go?', { data: odd })).data)).toBe(JSON.stringify(odd))
  expect(await askWith([{ ...yes, description: 'go?', data: {} }], 'go?', { data: odd })).toMatchObject({
    type: 'approval',
  })
})

test.each([
  ['too large', 'x'.repeat(5_000)],
  ['too deep', JSON.parse('['.repeat(9) + ']'.repeat(9))],
])('[T8] data that is %s for people to read fails in the agent, and nobody is asked', async (_, data) => {
  expect(await askWith([], 'go?', { data })).toMatchObject({ type: 'error', code: 'agent_failed' })
})

test('[T8] an agent whose model changes its mind asks again, and acts only on what was approved', async () => {
  let calls = 0
  const deployed: string[] = []
  const Fickle = agentWith(async reply => {
    const version = `v${++calls}`
    const { approved } = await reply.ask(`Deploy ${version}?`)
    if (approved) deployed.push(version)
    await reply.write('done')
  })
  const result = await runTurn(Fickle, 'go', { decisions: ['approved', 'approved', 'approved'] })
  expect(result.approvals.map(({ description }) => description)).toEqual([1, 2, 3, 4].map(n => `Deploy v${n}?`))
  expect([result.outcome.type, deployed]).toEqual(['asks', []])
})

test('[T8] an agent that never settles for a question fails after 16 approvals', async () => {
  let calls = 0
  const Fickle = agentWith(async reply => void (await reply.ask(`Number ${++calls}?`)))
  const result = await runTurn(Fickle, 'go', { decisions: Array<'approved'>(30).fill('approved') })
  expect(result.outcome).toMatchObject({ type: 'failed', code: 'agent_bad_answer', retry: false })
  expect(calls).toBe(17)
})

test('[T1] a step runs once in a turn, so that what was planned is what is approved and done', async () => {
  let calls = 0
  const model = async () => ({ id: `call-${++calls}`, version: `v${calls}` })
  const Deployer = agentWith(async reply => {
    const call = await reply.step('plan', model)
    const { approved, data } = await reply.ask(`Deploy ${call.version}?`, { key: call.id, data: call })
    await reply.write(approved ? `deployed ${data.version}` : 'no')
  })
  const result = await runTurn(Deployer, 'go', { decisions: ['approved'] })
  expect([result.content, calls]).toEqual(['deployed v1', 1])
  expect(result.approvals).toEqual([
    { description: 'Deploy v1?', key: 'call-1', data: { id: 'call-1', version: 'v1' } },
  ])
})

test('[T1] steps of one name are told apart by their order, and give back what later calls would get', async () => {
  const results: unknown[] = []
  const Stepper = agentWith(async reply => {
    results.push(await Promise.all(['a', 'b'].map(value => reply.step('same', async () => value))))
    results.push(await reply.step('date', () => new Date(0)), await reply.step('none', () => undefined))
    const ok = await reply.ask('go?')
    await reply.write(ok.decision)
  })
  await runTurn(Stepper, 'go', { decisions: ['approved'] })
  const once = [['a', 'b'], '1970-01-01T00:00:00.000Z', undefined]
  expect(results).toEqual([...once, ...once])
})

test('[T1] a step that fails is not stored, and its error reaches the agent', async () => {
  const Stepper = agentWith(async reply => {
    const result = await reply.step('x', () => Promise.reject(new Error('no'))).catch((error: Error) => error.message)
    await reply.write(`${result}`)
  })
  expect((await runTurn(Stepper, 'go')).content).toBe('no')
})

test.each<[string, (reply: Reply) => Promise<unknown>]>([
  ['a result that is too large', reply => reply.step('big', () => 'x'.repeat(70_000))],
  [
    'too many steps',
    async reply => {
      for (let n = 0; n <= 64; n++) await reply.step('n', () => n)
    },
  ],
  [
    'results that are too large together',
    async reply => {
      for (let n = 0; n < 5; n++) await reply.step('n', () => 'x'.repeat(60_000))
    },
  ],
  ['a step without a name', reply => reply.step('', () => 1)],
])('[T1] %s fails in the agent, whose log has the reason', async (_, act) => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
  const result = await runTurn(
    agentWith(async reply => {
      await act(reply)
    }),
    'go',
  )
  expect(result.outcome).toMatchObject({ code: 'agent_failed' })
  expect(`${printed.mock.calls}`).toContain('RangeError')
})

test('[T1] with a room of 0.1, which keeps no steps, steps run in every call and bound questions are not asked', async () => {
  const old = { decisions: [yes], settings: {} }
  const parts = async (run: (reply: Reply) => Promise<void>) =>
    (await new Response(replyStream(run, { circle: noCircle, turn: old, report: () => {} })).text()).trim().split('\n')
  const plain = async (reply: Reply) =>
    reply.write(await reply.step('who', async () => (await reply.ask('go?')).by ?? ''))
  expect(await parts(plain)).toEqual(['{"type":"delta","text":"bob"}', '{"type":"final"}'])
  const bound = async (reply: Reply) => void (await reply.ask('go?', { data: { version: 'v2' } }))
  expect(await parts(bound)).toEqual([expect.stringContaining('"circles_too_old"')])
})

type Asked = { description: string } & AskOptions
const textOf = ({ description, key, data, role }: Partial<Asked>) => JSON.stringify([description, key, data, role])

// People decide on the questions of an agent that asks differently in every call. Whatever it gets as a yes must be a
// question that somebody approved, with the same data, and no more often than it was approved.
test.each(seeds(20))('[T8] seed %i: no yes without the same question', async seed => {
  const { roll, pick, chance } = randomChoices(seed)
  const decisions: Decision[] = []
  let approvals = 0
  for (let call = 0; call < 30; call++) {
    const acted: string[] = []
    const run = async (reply: Reply) => {
      for (let asks = 0; asks < 4; asks++) {
        const options: AskOptions = {
          ...(chance(0.5) && { key: `k${roll(2)}` }),
          ...(chance(0.5) && { data: { version: roll(2), force: chance(0.5) } }),
          ...(chance(0.3) && { role: 'owner' }),
        }
        const description = `Deploy ${roll(2)}?`
        if ((await reply.ask(description, options)).approved) acted.push(textOf({ description, ...options }))
      }
    }
    const stream = replyStream(run, { circle: noCircle, turn: { decisions, steps: [] }, report: () => {} })
    const last = JSON.parse((await new Response(stream).text()).trim().split('\n').at(-1) ?? '')
    const approved = decisions
      .filter(({ decision }) => decision === 'approved')
      .map(decision => textOf(decision as Asked))
    const times = (list: string[], act: string) => list.filter(one => one === act).length
    for (const act of acted) expect(times(acted, act), act).toBeLessThanOrEqual(times(approved, act))
    approvals += acted.length
    if (last.type !== 'approval') continue
    const { type: _, ...asked } = last
    decisions.push({ ...asked, approval: `a${call}`, decision: pick(['rejected', 'approved', 'approved']), by: 'bob' })
  }
  expect(approvals).toBeGreaterThan(0)
})
