import { expect, test } from 'vitest'
import { migrate } from '../../../src/lib/migrations.ts'
import { schema } from '../../../src/rooms/log/schema.ts'
import { nodeSql } from '../../support/node-sql.ts'
import { TestRoom } from '../../support/test-room.ts'

// The steps of the version whose reports named every circle.
const before = schema.findIndex(step => step.some(statement => statement.includes(`type = 'agent_activity'`)))

test('[T11] activity of older versions names no circle and no tools any more', () => {
  const sql = nodeSql()
  migrate(sql, schema.slice(0, before))
  const reports = [
    { activity: 'started', turn: 't1', channel: 'circle:payroll' },
    { activity: 'status', turn: 't1', channel: 'circle:payroll', detail: 'raise_of_bob' },
    { activity: 'failed', turn: 't1', channel: 'circle:payroll', duration_ms: 7, detail: 'agent_failed' },
    { activity: 'started', turn: 't2', channel: 'circle:~0123456789abcdef' },
  ]
  for (const [index, data] of reports.entries()) {
    const insert = `INSERT INTO events (seq, at, type, user, data) VALUES (?1, 1, 'agent_activity', 'agent:owl', ?2)`
    sql.all(insert, index + 1, JSON.stringify(data))
  }
  sql.all(`INSERT INTO settings VALUES ('log_size', '1')`)

  const { log } = new TestRoom({ sql }).room.context
  expect(log.after(0, 10).events.map(({ data }) => data)).toEqual([
    { activity: 'started', turn: 't1', channel: 'circle:private' },
    { activity: 'status', turn: 't1', channel: 'circle:private' },
    { activity: 'failed', turn: 't1', channel: 'circle:private', duration_ms: 7, detail: 'agent_failed' },
    { activity: 'started', turn: 't2', channel: 'circle:~0123456789abcdef' },
  ])
  expect(sql.all(`SELECT value FROM settings WHERE key = 'log_size'`)).toEqual([])
})

test('[T11] a room without activity keeps the size of its log', () => {
  const sql = nodeSql()
  migrate(sql, schema.slice(0, before))
  sql.all(`INSERT INTO settings VALUES ('log_size', '1')`)
  migrate(sql, schema)
  expect(sql.all(`SELECT value FROM settings WHERE key = 'log_size'`)).toEqual([{ value: '1' }])
})
