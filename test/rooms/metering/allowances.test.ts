import { expect, test } from 'vitest'
import { AllowanceStore, allowanceTables } from '../../../src/deployment/tokens/allowance-store.ts'
import type { Sql } from '../../../src/lib/sql.ts'
import { circle } from '../../../src/protocol/channels/channel-kinds.ts'
import { type Limits, limitsWith } from '../../../src/protocol/limits.ts'
import { Allowances } from '../../../src/rooms/metering/allowances.ts'
import { allowances } from '../../../src/rooms/metering/draw-allowances.ts'
import { outcome } from '../../../src/rooms/outcome.ts'
import type { AllowanceDraw, AllowanceGrant } from '../../../src/rpc/tokens.ts'
import { nodeSql } from '../../support/node-sql.ts'
import { randomChoices, seeds } from '../../support/random.ts'
import { start, TestRoom } from '../../support/test-room.ts'

const dayMs = 86_400_000
const fast = { messages_per_second: 1e6, message_burst: 1e6, bytes_per_second: 1e9, bytes_per_person_minute: 1e9 }

/** The registry of all users. Draws wait until the test delivers them. */
function aRegistry(limits: Partial<Limits>) {
  const sql = nodeSql()
  for (const statement of allowanceTables) sql.all(statement)
  const store = new AllowanceStore(sql, limitsWith(limits))
  const spent = (account: string, counter: string, now: number) => {
    const row = sql.all<{ amount: number; until: number }>(
      `SELECT * FROM spent WHERE account = ?1 AND counter = ?2`,
      account,
      counter,
    )[0]
    return row !== undefined && row.until > now ? row.amount : 0
  }
  return { store, spent }
}

/** A circle that draws from a registry. */
function aCircle(limits: Partial<Limits>, sql: Sql = nodeSql(), name = 'dev') {
  const sent: AllowanceDraw[] = []
  const components = [allowances(draw => void sent.push(draw))]
  const tables = { components, limits: limitsWith({ ...fast, ...limits }), kind: circle }
  const room = new TestRoom({ name, sql, limits: { ...fast, ...limits }, tables })
  const answer = (draw: AllowanceDraw, grant: AllowanceGrant | null) =>
    room.step(inner => inner.run(({ components: all }) => all.get(Allowances).drawn(draw, grant, room.now), room.now))
  return { room, sent, answer, sql }
}

type Circle = ReturnType<typeof aCircle>

/** Delivers all draws, and their answers. */
function deliver({ sent, answer, room }: Circle, { store }: ReturnType<typeof aRegistry>): void {
  for (const draw of sent.splice(0)) answer(draw, store.draw([draw], room.now)[0] ?? null)
}

/** The bytes a user has stored in a circle since a time. */
function storedBy({ sql }: Circle, user: string, since: number): number {
  const [row] = sql.all<{ bytes: number }>(
    `SELECT coalesce(sum(octet_length(data)), 0) AS bytes FROM events WHERE user = ?1 AND at >= ?2`,
    user,
    since,
  )
  return row?.bytes ?? 0
}

test.each(seeds(5))(
  'bytes: at most one allowance too much per circle, and nothing is counted twice (seed %i)',
  seed => {
    const { roll, pick, chance } = randomChoices(seed)
    const limits = { bytes_per_person_day: 200_000 }
    const allowance = 20_000 // a tenth
    const users = ['ada', 'bob', 'eve']
    const registry = aRegistry(limits)
    const circles = ['a', 'b', 'c', 'd'].map(name => aCircle(limits, nodeSql(), name))
    const sockets = new Map<string, ReturnType<TestRoom['open']>>()
    const socket = (circle: Circle, index: number, user: string) => {
      const key = `${index} ${user}`
      const open = sockets.get(key)
      if (open !== undefined && circle.room.room.context.sessions.has(open.id)) return open
      const opened = circle.room.open(user)
      sockets.set(key, opened)
      return opened
    }
    let refused = 0
    let now = start
    for (let step = 0; step < 600; step++) {
      now += step === 400 ? dayMs : roll(200)
      for (const { room } of circles) room.advance(now - room.now)
      const index = roll(circles.length)
      const circle = circles[index] as Circle
      const user = pick(users)
      const from = socket(circle, index, user)
      circle.room.take(from)
      circle.room.sendMessage(from, 'é'.repeat(1 + roll(2_500)))
      if (circle.room.take(from).some(({ type, data }) => type === 'error' && data['code'] === 'rate_limited'))
        refused += 1
      if (chance(0.05)) circle.room.crash()
      if (chance(0.1)) circle.room.hibernate()
      for (const one of circles) {
        for (const draw of one.sent.splice(0)) {
          if (chance(0.2))
            one.answer(draw, null) // the request is lost
          else {
            const grant = registry.store.draw([draw], one.room.now)[0] ?? null
            one.answer(draw, chance(0.2) ? null : grant) // or its answer
          }
        }
      }
      if (step % 10 > 0) continue
      const midnight = now - (now % dayMs)
      for (const person of users) {
        const used = circles.reduce((sum, one) => sum + storedBy(one, person, midnight), 0)
        const counted = registry.spent(person, 'bytes_per_person_day', now)
        expect(counted).toBeLessThanOrEqual(limits.bytes_per_person_day)
        expect(used).toBeLessThanOrEqual(limits.bytes_per_person_day + circles.length * allowance)
        expect(counted).toBeLessThanOrEqual(used + circles.length * allowance)
      }
    }
    expect(refused).toBeGreaterThan(0)
  },
)

test('[E4] a person who has used up the day is refused in every circle, until midnight in UTC, and others are not', () => {
  const limits = { bytes_per_person_day: 100_000 }
  const registry = aRegistry(limits)
  const one = aCircle(limits)
  const [ada, bob] = [one.room.open('ada'), one.room.open('bob')]
  for (let n = 0; n < 30; n++) {
    one.room.sendMessage(ada, 'x'.repeat(5_000))
    deliver(one, registry)
  }
  one.room.take(ada)
  one.room.sendMessage(ada, 'more', 'm1')
  expect(one.room.take(ada)).toMatchObject([
    { type: 'error', data: { id: 'm1', code: 'rate_limited', retry_after_ms: dayMs - (start % dayMs) } },
  ])
  for (const [type, data] of [
    ['edit', { seq: 1, content: 'x' }],
    ['react', { seq: 1, emoji: '👍' }],
  ] as const) {
    one.room.command(ada, type, data)
    expect(one.room.take(ada)).toMatchObject([{ type: 'error', data: { code: 'rate_limited' } }])
  }
  one.room.command(ada, 'history', {})
  expect(one.room.take(ada)).toMatchObject([{ type: 'history' }])
  one.room.sendMessage(bob, 'hello')
  expect(one.room.take(bob).at(-1)).toMatchObject({ type: 'ack' })
  const two = aCircle(limits, nodeSql(), 'two')
  const again = two.room.open('ada')
  for (let n = 0; n < 3; n++) {
    two.room.sendMessage(again, 'x'.repeat(3_000))
    deliver(two, registry)
  }
  two.room.take(again)
  two.room.sendMessage(again, 'more')
  expect(two.room.take(again)).toMatchObject([{ type: 'error', data: { code: 'rate_limited' } }])
  one.room.advance(dayMs - (start % dayMs))
  const tomorrow = one.room.open('ada')
  one.room.take(tomorrow)
  one.room.sendMessage(tomorrow, 'good morning')
  expect(one.room.take(tomorrow).at(-1)).toMatchObject({ type: 'ack' })
})

test('[E4] bytes a minute: refused until the minute ends', () => {
  const limits = { bytes_per_person_minute: 50_000, bytes_per_person_day: 1e9 }
  const registry = aRegistry(limits)
  const one = aCircle(limits)
  const ada = one.room.open('ada')
  const send = () => {
    one.room.take(ada)
    one.room.sendMessage(ada, 'x'.repeat(2_000))
    deliver(one, registry)
    return one.room.take(ada).at(-1)
  }
  for (let n = 0; n < 40; n++) send()
  expect(send()).toMatchObject({ type: 'error', data: { code: 'rate_limited', retry_after_ms: 60_000 } })
  one.room.advance(60_000)
  expect(send()).toMatchObject({ type: 'ack' })
})

test('[E4] small talk draws nothing, and no message costs a statement more', () => {
  const statements: string[] = []
  const { all, tuples, transaction } = nodeSql()
  const counted: Sql = {
    all: (statement, ...values) => {
      statements.push(statement)
      return all(statement, ...values)
    },
    tuples: (statement, ...values) => {
      statements.push(statement)
      return tuples(statement, ...values)
    },
    transaction,
  }
  const one = aCircle({}, counted)
  const ada = one.room.open('ada')
  one.room.sendMessage(ada, 'the first after a wake-up')
  statements.splice(0)
  for (let n = 0; n < 200; n++) one.room.sendMessage(ada, 'hello')
  expect(statements.every(statement => statement.startsWith('INSERT INTO events'))).toBe(true)
  expect([statements.length, one.sent]).toEqual([200, []])
})

test.each<[string, (circle: Circle) => void]>([
  ['trimming the log', ({ room }) => room.room.context.log.trim(room.room.context.log.head)],
  [
    'replacing the log',
    ({ room, sql }) => {
      sql.all(`DELETE FROM events`)
      sql.all(`DELETE FROM settings WHERE key IN ('epoch', 'log_size')`)
      room.room.context.components.onImport(() => [])
    },
  ],
  [
    'deleting one’s messages',
    ({ room }) => {
      for (let seq = 1; seq <= room.room.context.log.head; seq++) room.room.context.log.redact(seq)
    },
  ],
])('%s gives nothing back', (_, forget) => {
  const limits = { bytes_per_person_day: 1_000_000 } // allowances of 100,000, drawn when 25,000 are used
  const one = aCircle(limits)
  const registry = aRegistry(limits)
  for (let round = 0; round < 10; round++) {
    const ada = one.room.open('ada')
    one.room.sendMessage(ada, 'x'.repeat(20_000))
    forget(one)
    one.room.crash()
    deliver(one, registry)
  }
  const ada = one.room.open('ada')
  one.room.sendMessage(ada, 'x')
  deliver(one, registry)
  expect(registry.spent('ada', 'bytes_per_person_day', start)).toBeGreaterThanOrEqual(100_000)
})

test('[T9] turns and tokens are charged to the person at the beginning of the chain, and bound all circles', () => {
  const limits = {
    turns_per_person_day: 40,
    tokens_per_person_day: 1_000,
    tokens_per_deployment_day: 1e9,
    turns_at_once: 20,
  }
  const registry = aRegistry(limits)
  const circles = ['a', 'b'].map(name => aCircle(limits, nodeSql(), name))
  const turns = (circle: Circle) => circle.room.calls.length
  const prompt = (circle: Circle, user: string, tokens: number, content = 'hi') => {
    const session = circle.room.open(user)
    circle.room.take(session)
    circle.room.sendMessage(session, `@pickle ${content}`)
    deliver(circle, registry)
    const refused = circle.room.take(session).find(({ type }) => type === 'error')
    const call = circle.room.calls.at(-1)
    if (refused === undefined && call !== undefined) {
      const usage = { input_tokens: tokens, output_tokens: 0 }
      const result = { type: 'answered', content: 'ok', truncated: false, usage } as const
      circle.room.turnProgressed(call, { type: 'delta', text: 'ok' })
      circle.room.turnEnded(call, result)
      deliver(circle, registry)
    }
    circle.room.disconnect(session)
    return refused?.data ?? null
  }
  for (let n = 0; n < 60; n++) for (const circle of circles) prompt(circle, 'ada', 0)
  expect(circles.reduce((sum, circle) => sum + turns(circle), 0)).toBeLessThanOrEqual(40 + 2 * 4)
  expect(prompt(circles[0] as Circle, 'ada', 0)).toMatchObject({
    code: 'rate_limited',
    message: expect.stringContaining('in a day'),
  })
  expect(prompt(circles[0] as Circle, 'bob', 600)).toBeNull()
  expect(prompt(circles[1] as Circle, 'bob', 600)).toBeNull()
  expect(prompt(circles[1] as Circle, 'bob', 1)).toMatchObject({
    code: 'rate_limited',
    message: expect.stringContaining('tokens'),
  })
  expect(prompt(circles[0] as Circle, 'eve', 1)).toBeNull()
})

test('[T9] the tokens of the deployment bound everybody, also after a wake-up', () => {
  const limits = { tokens_per_deployment_day: 1_000 }
  const registry = aRegistry(limits)
  const one = aCircle(limits)
  const prompt = (user: string) => {
    const session = one.room.open(user)
    one.room.take(session)
    one.room.sendMessage(session, '@pickle hi')
    deliver(one, registry)
    const call = one.room.calls.at(-1)
    const refused = one.room.take(session).some(({ type }) => type === 'error')
    if (!refused && call !== undefined) {
      one.room.turnEnded(call, {
        type: 'answered',
        content: 'ok',
        truncated: false,
        usage: { input_tokens: 300, output_tokens: 0 },
      })
      deliver(one, registry)
    }
    one.room.crash()
    return refused
  }
  const refusals = ['ada', 'bob', 'eve', 'max', 'pam', 'tom', 'zoe'].map(prompt)
  expect(refusals.filter(refused => !refused).length).toBeLessThanOrEqual(4)
  expect(refusals.at(-1)).toBe(true)
})

test('[E4] a limit of 0 permits nothing', () => {
  const one = aCircle({ bytes_per_person_day: 0 })
  const ada = one.room.open('ada')
  one.room.take(ada)
  one.room.sendMessage(ada, 'hello')
  expect(one.room.take(ada)).toMatchObject([{ type: 'error', data: { code: 'rate_limited' } }])
})

test('[E4] while the registry does not answer, a circle goes on with three quarters of an allowance and then refuses', () => {
  const one = aCircle({ bytes_per_person_day: 1_000_000 })
  const ada = one.room.open('ada')
  let stored = 0
  for (let n = 0; n < 30; n++) {
    one.room.take(ada)
    one.room.sendMessage(ada, 'x'.repeat(5_000))
    for (const draw of one.sent.splice(0)) one.answer(draw, null)
    if (one.room.take(ada).some(({ type }) => type === 'ack')) stored += 5_000
    one.room.advance(2_000)
  }
  expect(stored).toBe(75_000)
})

// Allowances of 100,000 bytes, of which the next is drawn when 25,000 more than one was used.
function aCircleWithAllowances() {
  const one = aCircle({ bytes_per_person_day: 1_000_000 })
  const send = (characters: number) => one.room.sendMessage(one.room.open('ada'), 'x'.repeat(characters))
  const grant = (draw: AllowanceDraw | undefined) => {
    if (draw === undefined) throw new Error('expected a draw')
    one.answer(draw, { granted: draw.amount, retryAfterMs: 0 })
  }
  return { ...one, send, grant, allowances: () => one.room.room.context.components.get(Allowances) }
}

test('[E4] an answer counts once, however often it comes', () => {
  const { send, grant, sent } = aCircleWithAllowances()
  send(30_000)
  const [draw] = sent.splice(0)
  for (let n = 0; n < 5; n++) grant(draw)
  for (let n = 0; n < 4; n++) send(30_000)
  expect(sent).toHaveLength(1)
})

test('[E4] whoever waits for a draw is told when it is answered', async () => {
  const { send, sent, allowances, answer, room } = aCircleWithAllowances()
  for (let n = 0; n < 3; n++) send(30_000)
  let isTold = false
  void allowances()
    .answer('bytes', 'ada', room.now)
    ?.then(() => {
      isTold = true
    })
  await Promise.resolve()
  expect(isTold).toBe(false)
  for (const draw of sent) answer(draw, null)
  await Promise.resolve()
  expect(isTold).toBe(true)
  expect(allowances().answer('bytes', 'ada', room.now)).toBeNull()
})

test('[E4] a draw that was not answered is sent again after a second, not before', () => {
  const { send, sent, answer, room } = aCircleWithAllowances()
  send(30_000)
  for (const draw of sent.splice(0)) answer(draw, null)
  send(1)
  room.advance(999)
  send(1)
  expect(sent).toEqual([])
  room.advance(1)
  send(1)
  expect(sent).toHaveLength(1)
})

test('[E4] after a restart, what was used since the last draw is counted, and nothing before it', () => {
  const { send, grant, sent, room } = aCircleWithAllowances()
  send(28_000)
  grant(sent.splice(0)[0]) // stored: some 72,000 left after event 1
  room.crash()
  for (let n = 0; n < 3; n++) send(31_000)
  expect(sent).toEqual([])
  send(31_000)
  expect(sent).toHaveLength(1)
})

test('[E4] a log that was trimmed as far as the last draw still says what was used since', () => {
  const { send, grant, sent, room } = aCircleWithAllowances()
  send(28_000)
  grant(sent.splice(0)[0])
  const { head } = room.room.context.log
  send(1)
  room.room.context.log.trim(head + 1)
  expect(room.room.context.log.earliest).toBe(head + 1)
  room.crash()
  send(1)
  expect(sent).toEqual([])
})

test('[E4] where nobody knows what was used, an allowance is drawn before anything more is', () => {
  const { allowances, sent, room } = aCircleWithAllowances()
  room.room.context.components.onImport(() => [])
  allowances().waitMs('bytes', 'ada', room.now)
  room.advance(0)
  room.step(inner => inner.run(() => outcome({}), room.now))
  expect(sent).toHaveLength(1)
})

test('[L8] accounts that are kept in memory are bounded, and read again when they are needed', () => {
  const statements: string[] = []
  const sql = nodeSql()
  const one = aCircle(
    {},
    {
      ...sql,
      all: (statement, ...values) => {
        statements.push(statement)
        return sql.all(statement, ...values)
      },
    },
  )
  const all = one.room.room.context.components.get(Allowances)
  const isRead = (account: string) => {
    statements.splice(0)
    all.waitMs('turns', account, one.room.now, () => 0)
    return statements.length > 0
  }
  for (let n = 0; n < 5_000; n++) all.waitMs('turns', `u${n}`, one.room.now, () => 0)
  expect(isRead('u0')).toBe(false)
  expect(isRead('one more')).toBe(true)
  expect(isRead('u0')).toBe(true)
})
