import { checkPromises, testCircle } from 'circles-rooms/testing'
import { expect, test } from 'vitest'
import { TeamCircle } from '../src/index.ts'

const lunch = { question: 'Lunch?', options: ['Yes', 'No'] }

test('a person has one vote, and may change it', async () => {
  const circle = testCircle(TeamCircle)
  const ada = circle.as('ada')
  const { seq: poll = 0 } = await ada.command('create_poll', lunch)
  await ada.command('vote', { poll, option: 0 })
  await ada.command('vote', { poll, option: 1 })
  const response = await ada.request(`/${poll}`)
  expect(await response.json()).toEqual([{ option: 1, votes: 1 }])
})

test('what Circles promises holds for these events and commands', async () => {
  await checkPromises(TeamCircle, {
    commands: {
      create_poll: () => lunch,
      vote: ({ roll }, head) => ({ poll: 1 + roll(head + 1), option: roll(3) }),
    },
  })
})
