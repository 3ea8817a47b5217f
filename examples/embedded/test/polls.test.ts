import { type CircleRefusal, checkPromises, testCircle } from 'circles-rooms/testing'
import { expect, test } from 'vitest'
import { TeamCircle } from '../src/index.ts'

/** Stands in for the table `seen` of the D1 database. */
class SeenTable {
  readonly rows: unknown[][] = []

  prepare() {
    return { bind: (...row: unknown[]) => ({ run: async () => void this.rows.push(row) }) }
  }
}

const lunch = { question: 'Lunch?', options: ['yes', 'no'], seconds: 30 }

test('a person has one vote, and may change it', async () => {
  const circle = testCircle(TeamCircle, { env: { DB: new SeenTable() } })
  const [ada, bob] = [circle.as('ada'), circle.as('bob')]
  const { seq: poll = 0 } = await ada.command('create_poll', lunch)
  for (const option of [0, 1]) await ada.command('vote', { poll, option })
  await bob.command('vote', { poll, option: 1 })
  const response = await bob.request('/')
  expect(await response.json()).toEqual([{ option: 1, votes: 2 }])
})

test('a poll closes itself, also if the circle crashed', async () => {
  const circle = testCircle(TeamCircle, { env: { DB: new SeenTable() } })
  const bob = circle.as('bob')
  await circle.as('ada').command('create_poll', lunch)
  circle.crash()
  await circle.advance(30_000)
  expect(circle.log.at(-1)).toMatchObject({ type: 'poll_closed', data: { poll: 1 } })
  bob.connect()
  expect(bob.events.map(({ type }) => type)).toEqual(['poll_created', 'poll_closed'])
})

test('a profanity is refused, a secret is covered, and a reader may not vote', async () => {
  const circle = testCircle(TeamCircle, { env: { DB: new SeenTable() } })
  const ada = circle.as('ada')
  const codeOf = (sending: Promise<unknown>) => sending.then(null, ({ code }: CircleRefusal) => code)
  expect(await codeOf(ada.send('darn'))).toBe('forbidden')
  await ada.send('a secret')
  expect(circle.log).toMatchObject([{ data: { content: 'a •••' } }])
  const rob = circle.as('rob', { role: 'reader' })
  expect(await codeOf(rob.command('vote', { poll: 1, option: 0 }))).toBe('read_only')
})

test('every event reaches the database, in order, also over a crash', async () => {
  const DB = new SeenTable()
  const circle = testCircle(TeamCircle, { env: { DB } })
  const ada = circle.as('ada')
  await ada.send('one')
  const sending = ada.send('two')
  circle.crash() // before it reached the database
  await sending
  await circle.advance(30_000)
  expect([...new Set(DB.rows.map(([, seq]) => seq))]).toEqual([1, 2])
})

test('whatever happens, what is promised holds, and every vote that counts is in the log', async () => {
  await checkPromises(TeamCircle, {
    env: () => ({ DB: new SeenTable() }),
    commands: {
      create_poll: ({ roll }) => ({ ...lunch, question: `Lunch at ${roll(24)}?` }),
      vote: ({ roll }, head) => ({ poll: 1 + roll(head + 1), option: roll(3) }),
    },
    check({ log, room }) {
      const cast = log.flatMap(event => (event.type === 'poll_voted' ? `${event.data.poll}: ${event.data.option}` : []))
      const counted = room.sql<{ poll: number; option: number }>`SELECT poll, option FROM votes`
      expect(cast).toEqual(expect.arrayContaining(counted.map(({ poll, option }) => `${poll}: ${option}`)))
    },
  })
})
