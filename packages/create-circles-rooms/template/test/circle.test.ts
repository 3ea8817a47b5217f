import { testCircle } from 'circles-rooms/testing'
import { expect, test } from 'vitest'
import { TeamCircle } from '../src/index.ts'

test('a person has one vote, and may change it', async () => {
  const circle = testCircle(TeamCircle)
  const ada = circle.as('ada')
  const poll = await ada.command('create_poll', { question: 'Lunch?', options: ['Yes', 'No'] })
  await ada.command('vote', { poll: poll.seq, option: 0 })
  await ada.command('vote', { poll: poll.seq, option: 1 })
  const response = await ada.request(`/x/${poll.seq}`)
  expect(await response.json()).toEqual([{ option: 1, votes: 1 }])
})
