import { expect, test } from 'vitest'
import type { Sql } from '../../src/lib/sql.ts'
import { emptyProtocol } from '../../src/protocol/define-protocol.ts'
import type { AnyDefinition } from '../../src/server/circle-tables.ts'
import { refuse } from '../../src/server/refuse.ts'
import { circleWithCode } from '../support/circle-with-code.ts'
import { nodeSql } from '../support/node-sql.ts'
import type { TestRoom, TestSession } from '../support/test-room.ts'

// The room of the tests asks each component anew when it is due; an object does so only after a change.
const askedByTheTests = 'SELECT min(due) AS due FROM own_schedule'

/** An Sql port that counts what it is asked. */
function countingSql() {
  const sql = nodeSql()
  let [statements, transactions, rows] = [0, 0, 0]
  const counted = (statement: string) => {
    if (statement !== askedByTheTests) statements += 1
    return statement
  }
  const counting: Sql = {
    all: (statement, ...values) => sql.all(counted(statement), ...values),
    tuples: (statement, ...values) => sql.tuples(counted(statement), ...values),
    transaction(work) {
      transactions += 1
      return sql.transaction(work)
    },
  }
  /** What was counted since the last call. */
  const take = () => {
    const written = sql.tuples<[number]>(`SELECT total_changes()`)[0]?.[0] ?? 0
    const taken = { statements, transactions, rows: written - rows }
    statements = 0
    transactions = 0
    rows = written
    return taken
  }
  return { sql: counting, take }
}

const message = (id: string, content = id) => ({ type: 'message', id, data: { content } })

function burst(room: TestRoom, from: TestSession, ids: readonly string[]): void {
  room.sendTogether(...ids.map((id): [TestSession, object] => [from, message(id)]))
}

const ids = (prefix: string) => Array.from({ length: 16 }, (_, index) => `${prefix}${index}`)

/** What a burst of 16 costs in a circle with this code, once it is warm, and the second after it. */
async function costOfBurst(definition: Partial<AnyDefinition>) {
  const { sql, take } = countingSql()
  const { room, count, settle } = circleWithCode(emptyProtocol, definition, { sql, limits: { message_burst: 1_000 } })
  const ada = room.open('ada')
  burst(room, ada, ids('a'))
  await settle()
  room.advance(1_000)
  take()
  const before = { ...count }
  const due = [room.room.nextAlarm()]
  burst(room, ada, ids('b'))
  await settle()
  due.push(room.room.nextAlarm())
  const atOnce = take()
  room.advance(1_000)
  return {
    atOnce,
    within1s: take(),
    alarms: new Set(due).size - 1,
    runs: count.runs - before.runs,
    tasks: count.tasks - before.tasks,
  }
}

test('beforeMessage and afterEvent cost a burst one statement, one task, and a row a second', async () => {
  const seen: number[] = []
  const without = await costOfBurst({})
  const own = await costOfBurst({
    beforeMessage: (_, { content }) => (content === 'darn' ? refuse('forbidden', 'No.') : undefined),
    afterEvent: (_, { seq }) => void seen.push(seq),
  })
  expect(without).toMatchObject({ atOnce: { transactions: 0 }, within1s: { rows: 0 }, runs: 0, tasks: 0 })
  expect(own).toEqual({
    atOnce: { ...without.atOnce, statements: without.atOnce.statements + 1 },
    within1s: { ...without.within1s, statements: without.within1s.statements + 1, rows: 1 },
    alarms: 0,
    runs: 0,
    tasks: 1,
  })
  expect(seen).toEqual(Array.from({ length: 32 }, (_, index) => index + 1))
})

test('[L3] a repeat does not reach beforeMessage, whether it comes in the group of the first or after it', () => {
  const asked: string[] = []
  const { room } = circleWithCode(emptyProtocol, {
    beforeMessage: (_, { content }) => {
      asked.push(content)
      return content === 'b' ? { content: 'B' } : undefined
    },
  })
  const [ada, bob] = [room.open('ada'), room.open('bob')]
  burst(room, ada, ['a', 'b', 'a', 'c'])
  burst(room, ada, ['b', 'd', 'c', 'd'])
  room.sendTogether([bob, message('a')], [ada, message('b', 'something else')], [ada, message('e')])
  burst(room, ada, ['e'])
  expect(asked).toEqual(['a', 'b', 'c', 'd', 'a', 'e'])
  expect(room.take(ada).flatMap(({ type, data }) => (type === 'ack' || type === 'error' ? [data] : []))).toEqual([
    { id: 'a', seq: 1 },
    { id: 'b', seq: 2 },
    { id: 'a', seq: 1, duplicate: true },
    { id: 'c', seq: 3 },
    { id: 'b', seq: 2, duplicate: true },
    { id: 'd', seq: 4 },
    { id: 'c', seq: 3, duplicate: true },
    { id: 'd', seq: 4, duplicate: true },
    expect.objectContaining({ id: 'b', code: 'conflict' }),
    { id: 'e', seq: 6 },
    { id: 'e', seq: 6, duplicate: true },
  ])
})

test('what a rule wrote is undone when it throws or refuses, also the first time it uses a table', () => {
  const { room, faults } = circleWithCode(emptyProtocol, {
    onConnect: () => {},
    beforeMessage(room, { content }) {
      if (content === 'simple') return undefined
      const sql = room.sql.bind(room)
      sql`CREATE TABLE IF NOT EXISTS heard (content TEXT)`
      sql`INSERT INTO heard VALUES (${content})`
      if (content === 'crash') throw new Error('a bug in a rule')
      return content === 'darn' ? refuse('forbidden', 'No.') : undefined
    },
  })
  const ada = room.open('ada')
  for (const content of ['simple', 'crash', 'fine', 'crash', 'darn']) room.sendMessage(ada, content)
  expect(room.sql.all(`SELECT content FROM heard`)).toEqual([{ content: 'fine' }])
  expect([faults, room.room.context.log.head]).toEqual([['a bug in a rule', 'a bug in a rule'], 2])
})

/** A handler that notes what it is called with, and waits to be let go on. */
function gatedHandler() {
  const seen: unknown[] = []
  let open = () => {}
  const afterEvent: NonNullable<AnyDefinition['afterEvent']> = (_, { seq, data }) => {
    seen.push([seq, 'content' in data && data.content])
    return new Promise(resolve => {
      open = resolve
    })
  }
  /** Lets the handler go on, and waits until it is called again, or all is done. */
  const goOn = async () => {
    open()
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
  }
  return { seen, afterEvent, goOn }
}

test('the cursor is stored every second while events are handled: a crash repeats those of the last second', async () => {
  const { seen, afterEvent, goOn } = gatedHandler()
  const { room, settle, crash } = circleWithCode(emptyProtocol, { afterEvent })
  burst(room, room.open('ada'), ['a', 'b', 'c', 'd'])
  void settle()
  room.advance(5_000) // one takes its time
  await goOn()
  room.advance(1_000)
  await goOn()
  room.advance(999)
  expect(seen).toEqual([1, 2, 3].map(seq => [seq, 'abc'[seq - 1]]))
  crash()
  room.advance(30_000) // the alarm
  void settle()
  for (let event = 0; event < 3; event++) await goOn()
  expect(seen.slice(3)).toEqual([2, 3, 4].map(seq => [seq, 'abcd'[seq - 1]]))
})

test('an event that waits for its turn is handed out as it is then', async () => {
  const { seen, afterEvent, goOn } = gatedHandler()
  const { room, settle } = circleWithCode(emptyProtocol, { afterEvent })
  const ada = room.open('ada')
  burst(room, ada, ['a', 'b'])
  void settle()
  room.command(ada, 'delete', { seq: 2 })
  await goOn()
  expect(seen).toEqual([
    [1, 'a'],
    [2, ''],
  ])
})

test('a handler that runs when the circle is opened anew is not followed by another beside it', async () => {
  const { seen, afterEvent, goOn } = gatedHandler()
  const { room, settle } = circleWithCode(emptyProtocol, { afterEvent })
  const ada = room.open('ada')
  burst(room, ada, ['a', 'b', 'c'])
  void settle()
  await goOn()
  room.hibernate() // as after an exception
  await goOn()
  expect(seen).toHaveLength(2)
  room.sendMessage(ada, 'd')
  void settle()
  for (let event = 0; event < 4; event++) await goOn()
  expect(seen.slice(2).map(one => (one as [number])[0])).toEqual([1, 2, 3, 4])
})
