import { expect, test } from 'vitest'
import { migrate } from '../../../src/lib/migrations.ts'
import { first } from '../../../src/lib/sql.ts'
import { schema } from '../../../src/rooms/log/schema.ts'
import { metering } from '../../../src/rooms/metering/metering.ts'
import { digests } from '../../../src/rooms/outbound/digests/queue.ts'
import { WebhookQueue, webhooks } from '../../../src/rooms/outbound/webhooks/queue.ts'
import { nodeSql } from '../../support/node-sql.ts'
import { TestRoom } from '../../support/test-room.ts'

/** The tables of a room of 0.1: all of them in one list, numbered together. */
const schemaOf01 = schema.slice(0, 10).map((step, index) => {
  const moved = new Map([
    [5, digests(() => {}).migrations?.[0]],
    [6, webhooks(() => {}).migrations?.[0]],
    [8, metering.migrations?.[0]],
  ])
  return moved.get(index) ?? step
})

test('a room of 0.1 keeps the rows of tables that components own now', () => {
  const sql = nodeSql()
  migrate(sql, schemaOf01)
  sql.all(`INSERT INTO webhooks VALUES ('h1', 'https://hooks.example/1', NULL, 's', 1, 0, '[]', 0, NULL, 0, NULL)`)
  sql.all(`INSERT INTO digests VALUES ('dev', 7, 0, 0)`)
  const room = new TestRoom({ sql })
  expect(room.room.context.components.get(WebhookQueue).all()).toMatchObject([{ id: 'h1', active: true }])
  expect(first(sql, `SELECT told FROM digests WHERE circle = 'dev'`)).toEqual({ told: 7 })
  expect(first(sql, `SELECT version, components FROM schema_version`)).toEqual({
    version: schema.length,
    components: '{"digests":1,"webhooks":2,"metering":1}',
  })
})

test('a room that is opened again migrates nothing', () => {
  const sql = nodeSql()
  new TestRoom({ sql })
  const before = sql.all(`SELECT name, sql FROM sqlite_master ORDER BY name`)
  new TestRoom({ sql })
  expect(sql.all(`SELECT name, sql FROM sqlite_master ORDER BY name`)).toEqual(before)
})
