import { runTurn } from 'circles-rooms/agent/testing'
import { expect, test } from 'vitest'
import { Owl } from '../../examples/agent/owl.ts'
import { aMessage } from '../support/agents.ts'

test('the owl greets in several pieces', async () => {
  const result = await runTurn(Owl, '@owl hello')
  expect([result.content, result.deltas]).toEqual(['Hoo, hoo, Ada!', ['Hoo, ', 'hoo, ', 'Ada!']])
})

test('the owl says what it can do', async () => {
  for (const question of ['help', 'what can you do?'])
    expect((await runTurn(Owl, `@owl ${question}`)).content).toMatch(/`look for hello`.*`deploy 1.2`/)
})

test('the owl searches the messages of the circle', async () => {
  const circle = { search: async () => [aMessage({ seq: 7 }), aMessage({ seq: 3 })] }
  const result = await runTurn(Owl, '@owl look for hello', { circle })
  expect([result.content, result.statuses]).toEqual(['I see it in #7, #3.', ['looking']])
  expect((await runTurn(Owl, '@owl look for hello')).content).toBe('It is too dark even for me.')
})

test('the owl asks for approval before it deploys, and does nothing without it', async () => {
  const waiting = await runTurn(Owl, '@owl deploy 1.2')
  expect(waiting.approvals).toEqual([{ description: 'Deploy 1.2 to production?', role: 'member', minutes: 60 }])
  expect((await runTurn(Owl, '@owl deploy 1.2', { decisions: ['approved'] })).content).toBe(
    '1.2 is deployed. Approved by Ada.',
  )
  for (const decision of ['rejected', 'expired'] as const) {
    const result = await runTurn(Owl, '@owl deploy 1.2', { decisions: [decision] })
    expect([result.content, result.statuses]).toEqual([`I did not deploy 1.2: ${decision}.`, []])
  }
})

test('the owl fails with a reason', async () => {
  const result = await runTurn(Owl, '@owl where is the mouse?')
  expect(result.outcome).toEqual({ type: 'failed', code: 'hungry', message: 'I ate it.', retry: false })
})
