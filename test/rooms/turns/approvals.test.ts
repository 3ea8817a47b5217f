import { describe, expect, test } from 'vitest'
import type { TurnOutcome } from '../../../src/agents/run-turn.ts'
import { migrate } from '../../../src/lib/migrations.ts'
import type { ApprovalAsk, TurnRequest } from '../../../src/protocol/turns.ts'
import { schema } from '../../../src/rooms/log/schema.ts'
import { Approvals } from '../../../src/rooms/turns/approvals.ts'
import { nodeSql } from '../../support/node-sql.ts'
import { type Frame, TestRoom, type TestSession } from '../../support/test-room.ts'

const done = (content: string): TurnOutcome => ({ type: 'answered', content, truncated: false })

const stepOfQuestions = schema.findIndex(step => step.some(statement => statement.includes('ADD COLUMN question')))

function requestApproval(ask: Partial<ApprovalAsk> = {}, hibernates = false) {
  const room = new TestRoom({ hibernates })
  const sessions = {
    ada: room.open('ada'),
    bob: room.open('bob'),
    mod: room.open('mod', { role: 'moderator' }),
    eve: room.open('eve', { role: 'reader' }),
  }
  room.sendMessage(sessions.ada, '@owl deploy it')
  room.turnProgressed(room.calls[0] as TurnRequest, { type: 'delta', text: 'Let me see … ' })
  room.turnEnded(room.calls[0] as TurnRequest, { type: 'asks', ask: { description: 'Deploy 1.2?', ...ask } })
  const requested = room.take(sessions.bob).find(({ type }) => type === 'approval_requested') as Frame
  for (const session of Object.values(sessions)) room.take(session)
  return { room, ...sessions, requested, approval: requested.data.approval as string }
}

/** Returns the response to a command. */
function command(room: TestRoom, session: TestSession, type: string, data: object, id?: string) {
  room.command(session, type, data, id)
  return room.take(session).find(({ type }) => type === 'ack' || type === 'error')?.data
}

describe.each([
  ['awake', false],
  ['hibernated whenever it can be', true],
])('in a circle that is %s', (_, hibernates) => {
  test('[T8] an agent asks before it acts; the approval is in the log, and the turn waits without a call', () => {
    const { room, requested, approval } = requestApproval({ role: 'moderator', minutes: 5 }, hibernates)
    expect(requested).toMatchObject({
      seq: 2,
      data: {
        approval,
        turn: room.calls[0]?.turn,
        agent_id: 'owl',
        description: 'Deploy 1.2?',
        role: 'moderator',
        expires_at: new Date(room.now + 300_000).toISOString(),
      },
    })
    room.advance(299_999)
    expect(room.calls).toHaveLength(1)
  })

  test('[T8] the turn continues with the decision, also after a crash, and has one reply', () => {
    const { room, ada, approval } = requestApproval({ role: 'member' }, hibernates)
    room.crash()
    const phone = room.open('ada')
    expect(command(room, phone, 'approve', { approval, note: 'go' }, 'y1')).toEqual({ id: 'y1', seq: 3 })
    room.advance(0)
    const bound = { description: 'Deploy 1.2?', role: 'member' }
    const decision = { ...bound, approval, decision: 'approved', note: 'go', by: 'ada', by_name: 'Ada' }
    expect(room.calls.at(-1)).toMatchObject({ attempt: 2 })
    expect(room.calls.at(-1)?.decisions).toEqual([decision])
    room.turnEnded(room.calls.at(-1) as TurnRequest, done('Deployed.'))
    expect(room.room.context.log.at(3)).toMatchObject({
      type: 'approval_decided',
      data: { approval, decision: 'approved', user_id: 'ada', user_name: 'Ada', note: 'go' },
    })
    expect(room.room.context.log.at(4)).toMatchObject({ type: 'agent_message' })
    expect([
      room.room.context.log.head,
      room.sql.all(`SELECT * FROM turns`),
      room.sql.all(`SELECT * FROM approvals`),
    ]).toEqual([4, [], []])
    expect(ada.closed).toBe(null)
  })

  test('[T8] an approval without a decision expires, and the agent receives that', () => {
    const { room, bob, approval } = requestApproval({ minutes: 1 }, hibernates)
    room.advance(60_000)
    expect(room.take(bob).find(({ type }) => type === 'approval_decided')?.data).toMatchObject({
      approval,
      decision: 'expired',
      user_id: null,
    })
    const expired = { description: 'Deploy 1.2?', approval, decision: 'expired', by: null }
    expect(room.calls.at(-1)?.decisions).toEqual([expired])
  })
})

test.each([
  ['awake', false],
  ['hibernated', true],
])('[T8] key and data are in the log, and come back with the decision (%s)', (_, hibernates) => {
  const data = { version: '1.2', to: ['eu'], note: '<b>\u202e' }
  const question = { description: 'Deploy 1.2?', key: 'call-1', data, role: 'moderator', users: ['bob'] } as const
  const { room, bob, requested, approval } = requestApproval({ ...question, users: ['bob'], minutes: 5 }, hibernates)
  expect(requested.data).toMatchObject({ description: 'Deploy 1.2?', key: 'call-1', data })
  room.crash()
  command(room, room.open('bob'), 'approve', { approval })
  room.advance(0)
  expect(room.calls.at(-1)?.decisions).toEqual([
    { ...question, approval, decision: 'approved', by: 'bob', by_name: 'Bob' },
  ])
  expect(bob.closed).toBe(null)
})

test('[T8] an approval that was requested before questions were stored comes back with its question', () => {
  const sql = nodeSql()
  migrate(sql, schema.slice(0, stepOfQuestions))
  const requested = {
    approval: 'a1',
    turn: 't1',
    agent_id: 'owl',
    description: 'Deploy?',
    role: 'member',
    expires_at: '',
  }
  const insert = `INSERT INTO events (seq, at, type, user, id, data) VALUES (?1, 0, ?2, 'agent:owl', NULL, ?3)`
  sql.all(insert, 1, 'message', '{}')
  sql.all(insert, 2, 'approval_requested', JSON.stringify(requested))
  sql.all(
    insert,
    3,
    'approval_requested',
    JSON.stringify({ ...requested, approval: 'a2', role: 'owner', users: ['bob'] }),
  )
  for (const [id, role, users] of [
    ['a1', 'member', null],
    ['a2', 'owner', '["bob"]'],
    ['a3', 'member', null],
  ])
    sql.all(`INSERT INTO approvals VALUES (?1, 't1', ?2, ?3, 0)`, id ?? '', role ?? '', users ?? null)
  migrate(sql, schema)
  const approvals = new Approvals(sql)
  expect(['a1', 'a2', 'a3'].map(id => approvals.find(id)?.question)).toEqual([
    { description: 'Deploy?' }, // the default role: whether the agent named it is not known
    { description: 'Deploy?', role: 'owner', users: ['bob'] },
    null, // its event was trimmed
  ])
})

test('[T8] the first permitted decision counts; later ones are not_found', () => {
  const { room, ada, bob, approval } = requestApproval()
  expect(command(room, bob, 'reject', { approval }, 'n1')).toEqual({ id: 'n1', seq: 3 })
  expect(command(room, ada, 'approve', { approval })).toMatchObject({ code: 'not_found' })
  room.advance(0)
  expect(room.calls.at(-1)?.decisions).toMatchObject([{ decision: 'rejected', by: 'bob' }])
})

test('[L3] the same decision under the same id is acknowledged again; another one is a conflict', () => {
  const { room, bob, approval } = requestApproval()
  command(room, bob, 'approve', { approval }, 'y1')
  expect(command(room, bob, 'approve', { approval }, 'y1')).toEqual({ id: 'y1', seq: 3, duplicate: true })
  expect(command(room, bob, 'reject', { approval }, 'y1')).toMatchObject({ code: 'conflict' })
})

test('[T8] only users that the approval permits decide: by role, or by name', () => {
  const byRole = requestApproval({ role: 'moderator' })
  expect(command(byRole.room, byRole.bob, 'approve', { approval: byRole.approval })).toMatchObject({
    code: 'forbidden',
  })
  expect(command(byRole.room, byRole.mod, 'approve', { approval: byRole.approval })).toHaveProperty('seq')
  const byName = requestApproval({ users: ['bob'] })
  expect(command(byName.room, byName.mod, 'approve', { approval: byName.approval })).toMatchObject({
    code: 'forbidden',
  })
  expect(command(byName.room, byName.bob, 'approve', { approval: byName.approval })).toHaveProperty('seq')
  const anybody = requestApproval()
  expect(command(anybody.room, anybody.eve, 'approve', { approval: anybody.approval })).toMatchObject({
    code: 'forbidden',
  })
  expect(command(anybody.room, anybody.bob, 'approve', { approval: 'nothing' })).toMatchObject({ code: 'not_found' })
})

test('[T8] while one turn waits for an approval the agent replies to others', () => {
  const { room, bob } = requestApproval()
  room.sendMessage(bob, '@owl what time is it?')
  expect(room.calls.at(-1)?.asked.content).toBe('@owl what time is it?')
})

test('[T8] a turn may ask twice, and a failing call between is retried', () => {
  const { room, bob, approval } = requestApproval()
  command(room, bob, 'approve', { approval })
  room.advance(0)
  room.turnEnded(room.calls.at(-1) as TurnRequest, { type: 'failed', code: 'x', message: 'x', retry: true })
  room.advance(1_000)
  room.turnEnded(room.calls.at(-1) as TurnRequest, { type: 'asks', ask: { description: 'Really?' } })
  const second = room.take(bob).findLast(({ type }) => type === 'approval_requested')
  command(room, bob, 'reject', { approval: second?.data.approval })
  room.advance(0)
  expect(room.calls.at(-1)).toMatchObject({
    attempt: 4,
    decisions: [{ decision: 'approved' }, { decision: 'rejected' }],
  })
})

test('[T8] [T7] an agent receives the name of whoever decided without its @; the log has it as people see it', () => {
  const { room, approval } = requestApproval()
  const evil = room.open('eve @pickle')
  expect(command(room, evil, 'reject', { approval })).toHaveProperty('seq', 3)
  expect(room.room.context.log.at(3)?.data).toMatchObject({ user_id: 'eve @pickle', user_name: 'Eve @pickle' })
  room.advance(0)
  expect(room.calls.at(-1)?.decisions).toMatchObject([{ by: 'eve @pickle', by_name: 'Eve pickle' }])
})

test('[T5] a waiting turn can be stopped: the approval is rejected in the name of that user', () => {
  const { room, ada, approval } = requestApproval()
  const { turn } = room.calls[0] as TurnRequest
  room.command(ada, 'stop', { turn })
  const frames = room.take(ada)
  expect(frames.find(({ type }) => type === 'approval_decided')?.data).toMatchObject({
    approval,
    decision: 'rejected',
    user_id: 'ada',
    user_name: 'Ada',
  })
  expect(frames.find(({ type }) => type === 'agent_message')?.data).toMatchObject({ stopped: true })
  room.advance(10_000_000)
  expect(room.calls).toHaveLength(1)
})

test('[T8] who prompted the agent does not approve what it then asks for, and may reject it', () => {
  const { room, ada, requested, approval } = requestApproval()
  expect(requested.data).toMatchObject({ role: 'member', except: 'ada' })
  expect(command(room, ada, 'approve', { approval })).toMatchObject({ code: 'forbidden' })
  expect(command(room, ada, 'reject', { approval })).toHaveProperty('seq')
})

test('[T8] the same holds for who prompted another agent that prompted it', () => {
  const room = new TestRoom()
  const [ada, bob] = [room.open('ada'), room.open('bob')]
  room.sendMessage(ada, '@pickle tell the owl')
  room.turnProgressed(room.calls[0] as TurnRequest, { type: 'delta', text: '@owl deploy it' })
  room.turnEnded(room.calls[0] as TurnRequest, done(''))
  room.turnEnded(room.calls[1] as TurnRequest, { type: 'asks', ask: { description: 'Deploy?' } })
  const requested = room.take(bob).find(({ type }) => type === 'approval_requested') as Frame
  expect(requested.data.except).toBe('ada')
  const approval = requested.data.approval
  room.take(ada)
  expect(command(room, ada, 'approve', { approval })).toMatchObject({ code: 'forbidden' })
  expect(command(room, bob, 'approve', { approval })).toHaveProperty('seq')
})

test.each<[string, Partial<ApprovalAsk>, 'member' | 'moderator']>([
  ['an agent names a role', { role: 'member' }, 'member'],
  ['an agent names them', { users: ['ada'] }, 'member'],
  ['they are a moderator', {}, 'moderator'],
])('[T8] who prompted the agent approves if %s', (_, ask, role) => {
  const room = new TestRoom()
  const ada = room.open('ada', { role })
  room.sendMessage(ada, '@owl deploy it')
  room.turnEnded(room.calls[0] as TurnRequest, { type: 'asks', ask: { description: 'Deploy?', ...ask } })
  const approval = room.take(ada).find(({ type }) => type === 'approval_requested')?.data.approval
  expect(command(room, ada, 'approve', { approval })).toHaveProperty('seq')
})

test('[T8] in a direct chat, where nobody else is, the person approves', () => {
  const room = new TestRoom({ name: 'chat~owl~ada' })
  const ada = room.open('ada')
  room.sendMessage(ada, '@owl deploy it')
  room.turnEnded(room.calls[0] as TurnRequest, { type: 'asks', ask: { description: 'Deploy?' } })
  const requested = room.take(ada).find(({ type }) => type === 'approval_requested') as Frame
  expect(requested.data).not.toHaveProperty('except')
  expect(command(room, ada, 'approve', { approval: requested.data.approval })).toHaveProperty('seq')
})
