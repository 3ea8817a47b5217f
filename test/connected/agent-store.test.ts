import { expect, test } from 'vitest'
import { ConnectedAgentStore, connectedAgentSchema } from '../../src/connected/agent-store.ts'
import { migrate } from '../../src/lib/migrations.ts'
import { connectedAgentLimits } from '../../src/protocol/connected-agents.ts'
import { nodeSql } from '../../src/testing/node-sql.ts'

const owl = { id: 'owl', name: 'Owl', description: '', circle: null, observe: false, creator: 'olga' }

test('an id is taken once, a circle lists its own agents and those of all circles, and a limit holds', () => {
  const store = new ConnectedAgentStore(nodeSql())
  expect([store.add(owl), store.add({ ...owl, circle: 'forest' })]).toEqual(['added', 'taken'])
  for (let n = 0; n < connectedAgentLimits.agents_per_circle; n++) store.add({ ...owl, id: `a${n}`, circle: 'forest' })
  expect(store.add({ ...owl, id: 'one-more', circle: 'forest' })).toBe('full')
  expect(store.list('sea').map(({ id }) => id)).toEqual(['owl'])
  expect(store.list('forest')).toHaveLength(connectedAgentLimits.agents_per_circle + 1)
  expect(store.list(null)).toHaveLength(connectedAgentLimits.agents_per_circle + 1)
  store.remove('owl')
  expect(store.list('sea')).toEqual([])
})

test('another key replaces the first, a description keeps it, and channels wait once', () => {
  const store = new ConnectedAgentStore(nodeSql())
  store.put(owl, { keyHash: 'first', address: null })
  store.put(owl, { keyHash: 'second', address: null })
  store.put({ ...owl, name: 'Night Owl', observe: true }, null)
  expect(store.own()).toEqual({ entry: { ...owl, name: 'Night Owl', observe: true }, keyHash: 'second', address: null })
  store.wait('circle:forest')
  store.wait('circle:forest')
  expect([store.takeWaiting(), store.takeWaiting()]).toEqual([['circle:forest'], []])
})

test('a store of the first version is read', () => {
  const sql = nodeSql()
  migrate(sql, connectedAgentSchema.slice(0, 1))
  sql.all(`INSERT INTO agents VALUES ('owl', 'Owl', '', NULL, 0, 'olga', 'hash')`)
  sql.all(`INSERT INTO waiting VALUES ('circle:forest')`)
  const store = new ConnectedAgentStore(sql)
  expect([store.own(), store.takeWaiting()]).toEqual([
    { entry: owl, keyHash: 'hash', address: null },
    ['circle:forest'],
  ])
})

test('an agent has a key or an address, and a description keeps either', () => {
  const store = new ConnectedAgentStore(nodeSql())
  const address = { protocol: 'openai', url: 'https://example.com/v1', model: 'm', api_key: 'secret' } as const
  store.put(owl, { keyHash: 'hash', address: null })
  store.put(owl, { keyHash: null, address })
  store.put({ ...owl, name: 'Night Owl' }, null)
  expect(store.own()).toEqual({ entry: { ...owl, name: 'Night Owl' }, keyHash: null, address })
  store.put(owl, { keyHash: 'another', address: null })
  expect(store.own()).toEqual({ entry: owl, keyHash: 'another', address: null })
  expect(JSON.stringify(store.list(null))).not.toContain('secret')
})
