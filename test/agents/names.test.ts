import { describe, expect, test } from 'vitest'
import { mentionsIn } from '../../src/agents/mentions.ts'
import { nameForAgents, withoutNames } from '../../src/agents/names.ts'
import type { TurnRequest } from '../../src/protocol/turns.ts'
import { TestRoom } from '../support/test-room.ts'

const known = new Set(['pickle', 'owl'])

test.each([
  ['@pickle hello', 'pickle hello'],
  ['Ada (@owl)', 'Ada (owl)'],
  ['é@owl', 'éowl'],
  ['@@owl', 'owl'],
  ['._@owl', '._owl'],
  ['ada@example.org', 'ada@example.org'],
  ['Ada', 'Ada'],
])('[T7] the name %j reaches agents as %j, which mentions nobody', (name, expected) => {
  expect(nameForAgents(name)).toBe(expected)
  for (const text of [expected, `Hello,${expected}!`, `你好${expected}你好`])
    expect(mentionsIn(text, known)).toEqual([])
})

test('[T7] longer names are taken out first, and other mentions stay', () => {
  expect(withoutNames('Hi @pickle hello, ask @owl', ['@pickle', '@pickle hello', 'Ada'])).toBe('Hi  , ask @owl')
})

describe('in a room', () => {
  const answer = (room: TestRoom, text: string) => {
    const call = room.calls.at(-1) as TurnRequest
    room.turnProgressed(call, { type: 'delta', text })
    room.turnEnded(call, { type: 'answered', content: text, truncated: false })
  }

  test('[T7] an agent never receives a name with a mention in it', () => {
    const room = new TestRoom()
    const eve = room.open('@owl hello')
    room.sendMessage(eve, 'no agent here')
    room.sendMessage(eve, '@pickle who am I?')
    const { asked, history, members } = room.calls[0] as TurnRequest
    expect([asked.author.name, history[0]?.author.name, members[0]?.name]).toEqual(Array(3).fill('owl hello'))
  })

  test('[T7] an agent that says a name prompts nobody, also when its owner has left', () => {
    const room = new TestRoom()
    const eve = room.open('@owl hello')
    room.sendMessage(eve, '@pickle greet me')
    room.disconnect(eve)
    room.advance(60_000)
    answer(room, 'Good morning, @owl hello!')
    expect(room.calls).toHaveLength(1)
  })

  test('[T7] an agent still prompts another one by mentioning it', () => {
    const room = new TestRoom()
    room.sendMessage(room.open('@owl hello'), '@pickle ask the owl')
    answer(room, '@owl hello, @owl!')
    expect(room.calls.map(({ agent }) => agent)).toEqual(['pickle', 'owl'])
  })
})
