import { expect, test } from 'vitest'
import { AgentRegistry } from '../../../src/agents/agent-registry.ts'
import type { AgentDescription } from '../../../src/protocol/turns.ts'
import { ConnectedAgentList, connectedAgentList } from '../../../src/rooms/turns/connected-agents.ts'
import { nodeSql } from '../../support/node-sql.ts'
import { TestRoom } from '../../support/test-room.ts'

const owl: AgentDescription = { id: 'owl', name: 'Owl', description: '' }

function aRoom(sql = nodeSql()) {
  const registry = new AgentRegistry({})
  let asked = 0
  const definition = connectedAgentList({ registry, ask: () => void asked++ })
  const room = new TestRoom({ sql, registry, tables: { components: [definition] } })
  const receive = (list: AgentDescription[] | null) =>
    room.step(inner =>
      inner.run(({ components }) => components.get(ConnectedAgentList).received(list, room.now), room.now),
    )
  return { room, receive, asked: () => asked }
}

test('[T13] the list is asked for when somebody joins, and is kept over a restart', () => {
  const { room, receive, asked } = aRoom()
  const ada = room.open('ada')
  expect(asked()).toBe(1)
  receive([owl])
  room.crash()
  room.sendMessage(room.open('bob'), '@owl hello')
  expect(room.calls.map(({ agent }) => agent)).toEqual(['owl'])
  expect(ada.closed).toBe(null)
})

test('[T13] a mention of an agent that is not known yet prompts it once, late; the list is asked for at most every 5 s', () => {
  const { room, receive, asked } = aRoom()
  const ada = room.open('ada')
  receive([])
  room.advance(1_000)
  room.sendMessage(ada, '@owl hello')
  room.sendMessage(ada, '@owl again')
  room.sendMessage(ada, 'nobody')
  expect([asked(), room.calls]).toEqual([1, []])
  room.advance(4_000)
  expect([asked(), room.calls]).toEqual([2, []])
  receive([owl])
  expect(room.calls.map(({ asked }) => asked.content)).toEqual(['@owl hello'])
  expect(room.room.context.turns.queue.all().map(({ seq }) => seq)).toEqual([1, 2])
  receive([owl])
  expect(room.room.context.turns.queue.all()).toHaveLength(2)
})

test('[T13] a list that cannot be had changes nothing, and an agent that was removed is known no more', () => {
  const { room, receive } = aRoom()
  const ada = room.open('ada')
  receive([owl])
  receive(null)
  expect([...room.room.context.agents.ids]).toEqual(['owl'])
  receive([])
  room.sendMessage(ada, '@owl hello')
  expect(room.calls).toEqual([])
})

test('a circle from before agents could connect gets their table, and keeps its log', () => {
  const sql = nodeSql()
  const before = new TestRoom({ sql })
  before.sendMessage(before.open('ada'), 'hello')
  const { room } = aRoom(sql)
  expect(sql.all(`SELECT * FROM circles_connected_agents`)).toEqual([])
  expect(room.room.context.log.head).toBe(1)
})

test('the first version of the table is read', () => {
  const sql = nodeSql()
  const [first = []] = [connectedAgentList({ registry: new AgentRegistry({}), ask() {} }).migrations?.[0]]
  new TestRoom({ sql, tables: { components: [{ name: 'connected-agents', migrations: [first], create: () => ({}) }] } })
  sql.all(
    `INSERT INTO circles_connected_agents (id, data) VALUES ('owl', '{"id":"owl","name":"Owl","description":""}')`,
  )
  expect([...aRoom(sql).room.room.context.agents.ids]).toEqual(['owl'])
})
