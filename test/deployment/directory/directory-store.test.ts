import { expect, test } from 'vitest'
import { DirectoryStore } from '../../../src/deployment/directory/directory-store.ts'
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
  const register = new DirectoryStore(nodeSql())
  for (const name of ['b', 'c', 'a']) register.put(circle(name), 5)
  expect(register.after('', 2).map(({ name }) => name)).toEqual(['a', 'b'])
  expect(register.after('b', 2)).toEqual([{ ...circle('c'), created: 5 }])
})

test('[W] a circle that tells of itself again is listed once, as it is now, with the age it had', () => {
  const register = new DirectoryStore(nodeSql())
  register.put(circle('a'), 5)
  register.put(circle('a', { title: 'Aha', status: 'archived' }), 9)
  expect(register.after('', 9)).toEqual([{ ...circle('a', { title: 'Aha', status: 'archived' }), created: 5 }])
})

test('[W] a circle that was deleted is gone', () => {
  const register = new DirectoryStore(nodeSql())
  register.put(circle('a'), 5)
  register.remove('a')
  register.remove('never')
  expect(register.after('', 9)).toEqual([])
})
