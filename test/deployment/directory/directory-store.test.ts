import { expect, test } from 'vitest'
import { DirectoryStore, directorySchema } from '../../../src/deployment/directory/directory-store.ts'
import { migrate } from '../../../src/lib/migrations.ts'
import type { DirectoryEntry } from '../../../src/rpc/directory.ts'
import { nodeSql } from '../../support/node-sql.ts'

const circle = (name: string, more: Partial<DirectoryEntry> = {}): DirectoryEntry => ({
  name,
  title: name,
  status: 'active',
  visibility: 'public',
  default_agent: null,
  creator: null,
  ...more,
})

test('[W] circles are listed by name, page by page', () => {
  const store = new DirectoryStore(nodeSql())
  for (const name of ['b', 'c', 'a']) store.put(circle(name), 5)
  expect(store.after('', 2).map(({ name }) => name)).toEqual(['a', 'b'])
  expect(store.after('b', 2)).toEqual([{ ...circle('c'), created: 5 }])
})

test('[W] a circle that reports again is updated and keeps its creation time', () => {
  const store = new DirectoryStore(nodeSql())
  store.put(circle('a'), 5)
  store.put(circle('a', { title: 'Aha', status: 'archived' }), 9)
  expect(store.after('', 9)).toEqual([{ ...circle('a', { title: 'Aha', status: 'archived' }), created: 5 }])
})

test('[W] a deleted circle is not listed', () => {
  const store = new DirectoryStore(nodeSql())
  store.put(circle('a'), 5)
  store.remove('a')
  store.remove('never')
  expect(store.after('', 9)).toEqual([])
})

test('[W] a circle is listed with the region that was asked for; those from before have none', () => {
  const sql = nodeSql()
  migrate(sql, directorySchema.slice(0, 1)) // as it was before
  sql.all(`INSERT INTO circles (name, title, status, visibility, created) VALUES ('a', 'a', 'active', 'public', 5)`)
  const store = new DirectoryStore(sql)
  store.put(circle('b', { region: 'weur' }), 9)
  expect(store.after('', 9)).toEqual([
    { ...circle('a'), created: 5 },
    { ...circle('b', { region: 'weur' }), created: 9 },
  ])
})

test('the channels in which something happens are known for a while, at the price of one row in 15 s', () => {
  const sql = nodeSql()
  const store = new DirectoryStore(sql)
  const at = () => sql.all<{ at: number }>(`SELECT at FROM activity WHERE channel = 'circle:a'`)[0]?.at
  store.noteActivity('circle:a', 1_000)
  store.noteActivity('circle:a', 16_000)
  expect(at()).toBe(1_000)
  store.noteActivity('circle:a', 16_001)
  expect(at()).toBe(16_001)
  store.noteActivity('circle:b', 90_000)
  store.noteActivity('circle:c', 90_000)
  expect(store.activeAmong(['circle:b', 'circle:a', 'circle:never'], 166_001)).toEqual(['circle:a', 'circle:b'])
  expect(store.activeAmong(['circle:b', 'circle:a'], 166_002)).toEqual(['circle:b'])
  store.remove('b')
  expect(store.activeAmong(['circle:b'], 166_002)).toEqual([])
})
