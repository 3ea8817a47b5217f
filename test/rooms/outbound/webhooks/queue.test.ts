import { expect, test } from 'vitest'
import { migrate } from '../../../../src/lib/migrations.ts'
import type { TryResult } from '../../../../src/rooms/log/log-follower.ts'
import { migrateComponents } from '../../../../src/rooms/log/migrate-components.ts'
import { schema } from '../../../../src/rooms/log/schema.ts'
import { WebhookQueue, webhooks as webhookComponent } from '../../../../src/rooms/outbound/webhooks/queue.ts'
import type { Delivery, WebhookState } from '../../../../src/rooms/outbound/webhooks/webhook.ts'
import { fullBucket } from '../../../../src/rooms/sessions/rate-limit.ts'
import { newSession } from '../../../../src/rooms/sessions/session.ts'
import { nodeSql } from '../../../support/node-sql.ts'
import { TestRoom } from '../../../support/test-room.ts'

const hook: WebhookState = {
  id: 'h1',
  url: 'https://hooks.example.org/secret-path',
  events: null,
  secret: 'a secret',
  maker: null,
  active: true,
  cursor: 0,
  again: [],
  failures: 0,
  failingSince: null,
  due: 0,
  lastError: null,
}
const minutes = 60_000
const hours = 60 * minutes
const down: TryResult = { ok: false, error: 'the receiver answered 503', gone: false }

/** A circle with a webhook; the test performs its deliveries. */
function newRoom(overrides: Partial<WebhookState> = {}) {
  const room = new TestRoom()
  const ada = room.open('ada')
  const webhooks = () => room.room.context.components.get(WebhookQueue)
  webhooks().put({ ...hook, ...overrides })
  const send = (...contents: string[]) => {
    for (const content of contents) room.sendMessage(ada, content)
  }
  /** Starts the deliveries that are due, and returns those started since the last call. */
  const start = () => {
    room.step(context => context.run(() => webhooks().onAlarm(), room.now))
    return room.webhookDeliveries.splice(0)
  }
  const end = (delivery: Delivery, outcome: TryResult = { ok: true }) =>
    room.step(context =>
      context.run(() => webhooks().finished(delivery.hook, delivery.seq, outcome, room.now), room.now),
    )
  const only = () => {
    const [delivery, ...others] = start()
    if (delivery === undefined || others.length > 0) throw new Error('expected one delivery')
    return delivery
  }
  return { room, ada, send, start, end, only, webhooks }
}

test('[W] events go out one at a time, in their order, each after the one before was accepted', () => {
  const { send, start, end, only, webhooks } = newRoom()
  send('one', 'two')
  const first = only()
  expect(JSON.parse(first.body)).toMatchObject({
    type: 'message',
    seq: 1,
    channel: 'circle:dev',
    data: { content: 'one' },
  })
  expect(start()).toEqual([])
  end(first)
  const second = only()
  expect([second.seq, second.id === first.id]).toEqual([2, false])
  end(second)
  expect([start(), webhooks().nextAlarm()]).toEqual([[], null])
})

test('[W] a webhook for some types skips the others', () => {
  const { room, ada, send, only, end, start } = newRoom({ events: ['reaction'] })
  send('one', 'two')
  expect(start()).toEqual([])
  room.command(ada, 'react', { seq: 1, emoji: '👍' })
  const delivery = only()
  expect(delivery).toMatchObject({ seq: 3, type: 'reaction' })
  end(delivery)
  expect(start()).toEqual([])
})

test('[W] a failed delivery is retried under the same id, with delays that double up to an hour', () => {
  const { room, send, only, end, start, webhooks } = newRoom()
  send('one')
  const first = only()
  const delays: number[] = []
  let delivery = first
  for (let attempt = 0; attempt < 12; attempt++) {
    end(delivery, down)
    expect(start()).toEqual([])
    const due = webhooks().nextAlarm() ?? 0
    delays.push((due - room.now) / 1000)
    room.now = due
    delivery = only()
    expect(delivery.id).toBe(first.id)
  }
  expect(delays).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600])
})

test('[W] after a day of failures a webhook is disabled, and its host, not its URL, is broadcast', () => {
  const { room, ada, send, only, end, start, webhooks } = newRoom()
  send('one')
  room.take(ada)
  end(only(), down)
  room.now += 24 * hours
  end(only(), down)
  expect(room.take(ada)).toMatchObject([
    {
      type: 'webhook_failed',
      data: { webhook: 'h1', host: 'hooks.example.org', reason: 'the receiver answered 503', failures: 2 },
    },
  ])
  send('two')
  expect([start(), webhooks().nextAlarm()]).toEqual([[], null])
})

test('[W] a webhook whose receiver answers 410 is disabled at once', () => {
  const { send, only, end, start, webhooks } = newRoom()
  send('one')
  end(only(), { ok: false, error: 'the receiver answered 410', gone: true })
  expect([start(), webhooks().find('h1')?.active]).toEqual([[], false])
})

test('[W] a crash loses nothing: a delivery in progress is sent again, an accepted one is not', () => {
  const { room, send, only, end, start } = newRoom()
  send('one', 'two')
  end(only())
  const lost = only()
  room.crash()
  expect(room.room.nextAlarm()).toBeLessThanOrEqual(room.now)
  expect(only()).toMatchObject({ seq: 2, id: lost.id })
  expect(start()).toEqual([])
})

test('[W] an attempt without a result times out', () => {
  const { room, send, only, start, webhooks } = newRoom()
  send('one')
  const lost = only()
  const due = webhooks().nextAlarm() ?? 0
  expect(due - room.now).toBe(30_000)
  room.now = due
  expect(start().map(({ id }) => id)).toEqual([lost.id])
})

test('[W] a redelivery is sent before later events, and survives a hibernation', () => {
  const { room, send, only, end, webhooks, start } = newRoom()
  send('one', 'two')
  end(only())
  end(only())
  const known = webhooks().find('h1')
  if (known === null) throw new Error('expected a webhook')
  webhooks().put({ ...known, again: [1] })
  send('three')
  room.hibernate()
  room.webhookDeliveries.splice(0) // what was in flight is lost
  const seqs = [only(), null].flatMap(delivery => {
    if (delivery === null) return []
    end(delivery)
    return [delivery.seq]
  })
  end(only())
  expect([seqs, start()]).toEqual([[1], []])
})

test('[W] a webhook waits while its maker is no owner, and is switched off after a day', () => {
  const { room, ada, send, start, end, only, webhooks } = newRoom({ maker: 'cat' })
  const { members } = room.room.context
  members.rememberToken('cat', 'owner')
  send('one')
  end(only())
  members.rememberToken('cat', 'moderator')
  send('two')
  expect(start()).toEqual([])
  expect(webhooks().find('h1')).toMatchObject({ failures: 1, lastError: 'who made it is not an owner now', cursor: 1 })

  members.rememberToken('cat', 'owner')
  room.now = webhooks().nextAlarm() ?? 0
  const second = only()
  expect(second.seq).toBe(2)
  end(second)

  members.rememberToken('cat', 'revoked')
  send('three')
  start()
  room.now += 24 * hours
  room.take(ada)
  expect(start()).toEqual([])
  expect(room.take(ada)).toMatchObject([
    { type: 'webhook_failed', data: { webhook: 'h1', reason: 'who made it is not an owner now', failures: 2 } },
  ])
})

test('[W] an owner who changes a webhook takes it over', () => {
  const { room, send, start, only, webhooks } = newRoom({ maker: 'cat' })
  const owner = { id: 'eve', name: 'Eve', kind: 'person', role: 'owner', expires: null } as const
  send('one')
  expect(start()).toEqual([])
  const change = { do: 'change', id: 'h1', change: { active: true } } as const
  room.step(context => {
    const session = newSession(
      { id: 's', dialect: 'native', agent: null, principal: owner },
      fullBucket(room.limits, room.now),
      room.now,
    )
    return context.handleAdmin(session, { do: 'webhooks', act: change }, room.now).outcome
  })
  expect([only().seq, webhooks().find('h1')?.maker]).toEqual([1, 'eve'])
})

test('[W] a webhook from before makers were stored goes on', () => {
  const sql = nodeSql()
  const [first = []] = webhookComponent(() => {}).migrations ?? []
  migrate(sql, schema)
  migrateComponents(sql, [{ name: 'webhooks', migrations: [first] }])
  sql.all(
    `INSERT INTO webhooks (id, url, secret, active, cursor, again, failures, due) VALUES ('h1', 'https://a.example', 's', 1, 0, '[]', 0, 0)`,
  )
  const room = new TestRoom({ sql })
  room.sendMessage(room.open('ada'), 'one')
  room.step(context => context.run(({ components }) => components.get(WebhookQueue).onAlarm(), room.now))
  expect(room.webhookDeliveries).toMatchObject([{ hook: 'h1', seq: 1 }])
})
