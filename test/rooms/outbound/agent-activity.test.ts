import { expect, test } from 'vitest'
import { withoutNames } from '../../../src/rooms/outbound/agent-activity.ts'
import { aliasOf } from '../../../src/rooms/turns/activity.ts'
import { TestRoom } from '../../support/test-room.ts'

const report = { turn: 't', channel: 'circle:acme-layoffs' }

test('[T11] where tokens decide who may know of a circle, reports have neither its name nor those of tools', () => {
  const alias = aliasOf('circle', 'epoch')
  expect(alias).toMatch(/^circle:~[0-9a-f]{16}$/)
  const sent = [
    withoutNames({ ...report, activity: 'started' }, alias),
    withoutNames({ ...report, activity: 'status', detail: 'search acme-layoffs' }, alias),
    withoutNames({ ...report, activity: 'failed', detail: 'agent_timeout', duration_ms: 5 }, alias),
  ]
  expect(sent).toEqual([
    { turn: 't', channel: alias, activity: 'started' },
    { turn: 't', channel: alias, activity: 'status' },
    { turn: 't', channel: alias, activity: 'failed', detail: 'agent_timeout', duration_ms: 5 },
  ])
})

test('[T11] the alias stands for the log, not for the name: two circles of one name differ, one circle stays', () => {
  expect(aliasOf('circle', 'a')).toBe(aliasOf('circle', 'a'))
  expect(aliasOf('circle', 'a')).not.toBe(aliasOf('circle', 'b'))
})

test('[T11] a room gives the alias of its present log', () => {
  const room = new TestRoom()
  const { observer, settings } = room.room.context
  const aliases: string[] = []
  const original = observer.agentActivity
  observer.agentActivity = (agent, data, alias) => {
    aliases.push(alias)
    original(agent, data, alias)
  }
  room.sendMessage(room.open('ada'), '@owl hello')
  expect(aliases).toEqual([aliasOf('circle', settings.epoch)])
})
