import { expect, test } from 'vitest'
import type { Sql } from '../../src/lib/sql.ts'
import { limits } from '../../src/protocol/limits.ts'
import { HubSessions, type RelayedSession } from '../../src/relay/hub-sessions.ts'
import { SessionStore } from '../../src/relay/session-store.ts'
import { type Attachment, toAttachment } from '../../src/rooms/sessions/attachment.ts'
import { fullBucket } from '../../src/rooms/sessions/rate-limit.ts'
import { newSession } from '../../src/rooms/sessions/session.ts'
import { nodeSql } from '../../src/testing/node-sql.ts'

const start = Date.UTC(2026, 10, 21, 9)

/** Sessions in a storage, as one instance of the circle's object has them. */
class Instance {
  readonly timers: (() => void)[] = []
  readonly store: SessionStore
  readonly sessions: HubSessions
  readonly sql: Sql

  constructor(sql: Sql = nodeSql()) {
    this.sql = sql
    this.store = new SessionStore(sql)
    this.sessions = new HubSessions(this.store, run => void this.timers.push(run))
  }

  add(id: string, changes: Partial<Attachment> = {}): { session: RelayedSession; attachment: Attachment } {
    const principal = { id, name: id, kind: 'person', role: 'member', expires: null } as const
    const about = { id, dialect: 'native', agent: null, principal, relay: 'dev/enam/0' } as const
    const attachment = { ...toAttachment(newSession(about, fullBucket(limits, start), start)), ...changes }
    this.sessions.add(id, 'dev/enam/0', 'native')
    const session = this.sessions.find(id)
    if (session === undefined) throw new Error('expected the session that was added')
    this.sessions.put(session, attachment)
    return { session, attachment }
  }

  /** The sessions as the room would open with them, by id. */
  restored(): Map<string, Attachment> {
    return new Map([...this.sessions.attachments()].map(([attachment]) => [attachment.id, attachment]))
  }
}

test('rights are stored at once, a presence state after five seconds, and what only counts not at all', () => {
  const instance = new Instance()
  const { store, sessions, timers } = instance
  const { session, attachment } = instance.add('ada')
  const stored = () => store.all()[0]
  const away = { ...attachment, state: { mood: 'away' }, frames: 7 }
  sessions.put(session, away)
  expect(stored()).toEqual(attachment)
  for (const run of timers) run()
  expect(stored()).toEqual(away)
  sessions.put(session, { ...away, frames: 8 })
  expect(stored()).toEqual(away)
  const muted = { ...away, frames: 9, user: { ...away.user, role: 'reader' as const } }
  sessions.put(session, muted)
  expect(stored()).toEqual(muted)
})

test('a room that is opened anew finds the states that are not stored yet, and how far a replay has come', () => {
  const instance = new Instance()
  const { session, attachment } = instance.add('ada')
  const { session: replaying, attachment: before } = instance.add('bob', { cursor: 3 })
  instance.sessions.put(session, { ...attachment, state: { mood: 'away' } })
  instance.sessions.put(replaying, { ...before, cursor: 9 })
  const restored = instance.restored()
  expect(restored.get('ada')?.state).toEqual({ mood: 'away' })
  expect(restored.get('bob')?.cursor).toBe(9)
})

test('the next instance has every session whose replay had ended, also of many thousands, and writes none of them again', () => {
  const instance = new Instance()
  for (let count = 0; count < 2_500; count++) instance.add(`user-${count}`)
  instance.add('bob', { cursor: 3 })
  const next = new Instance(instance.sql)
  expect(next.sessions.load()).toEqual([{ id: 'bob', relay: 'dev/enam/0' }])
  const restored = next.restored()
  expect([restored.size, restored.get('user-2499')?.principal.id]).toEqual([2_500, 'user-2499'])
  const rows = () => next.sql.all<{ changes: number }>('SELECT total_changes() AS changes')[0]?.changes
  const before = rows()
  for (const [id, attachment] of restored) {
    const session = next.sessions.find(id)
    if (session !== undefined) next.sessions.put(session, { ...attachment, seenAt: attachment.seenAt + 1 })
  }
  expect(rows()).toBe(before)
})
