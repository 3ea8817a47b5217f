import { askAgent } from 'circles/agent/testing'
import { expect, test } from 'vitest'
import { Owl } from '../../examples/agent/owl.ts'
import { aLine } from '../support/agents.ts'

test('the owl greets in pieces', async () => {
  const told = await askAgent(Owl, '@owl hello')
  expect([told.content, told.deltas]).toEqual(['Hoo, hoo, Ada!', ['Hoo, ', 'hoo, ', 'Ada!']])
})

test('the owl looks for what was said', async () => {
  const circle = { search: async () => [aLine({ seq: 7 }), aLine({ seq: 3 })] }
  const told = await askAgent(Owl, '@owl look for hello', { circle })
  expect([told.content, told.statuses]).toEqual(['I see it in #7, #3.', ['looking']])
  expect((await askAgent(Owl, '@owl look for hello')).content).toBe('It is too dark even for me.')
})

test('the owl asks before it deploys, and does nothing without a yes', async () => {
  const waiting = await askAgent(Owl, '@owl deploy 1.2')
  expect(waiting.asked).toEqual([{ description: 'Deploy 1.2 to production?', role: 'member', minutes: 60 }])
  expect((await askAgent(Owl, '@owl deploy 1.2', { decisions: ['approved'] })).content).toBe(
    '1.2 is out. ada said yes.',
  )
  for (const decision of ['rejected', 'expired'] as const) {
    const told = await askAgent(Owl, '@owl deploy 1.2', { decisions: [decision] })
    expect([told.content, told.statuses]).toEqual([`I leave 1.2 where it is: ${decision}.`, []])
  }
})

test('the owl says why it cannot', async () => {
  const told = await askAgent(Owl, '@owl where is the mouse?')
  expect(told.outcome).toEqual({ type: 'failed', code: 'hungry', message: 'I ate it.', retry: false })
})
