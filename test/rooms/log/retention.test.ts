import { describe, expect, test } from 'vitest'
import { retention } from '../../../src/rooms/log/retention.ts'
import { SinkQueue, sinks } from '../../../src/rooms/outbound/sinks/queue.ts'
import { WebhookQueue, webhooks } from '../../../src/rooms/outbound/webhooks/queue.ts'
import { nothing } from '../../../src/rooms/outcome.ts'
import { modes, TestRoom } from '../../support/test-room.ts'

const hour = 3_600_000
const limits = { message_burst: 10_000, messages_per_second: 10_000 }

describe.each(modes)('$mode', ({ hibernates }) => {
  /** A circle with a component that has handled the log up to `cursor`. */
  const setUp = (settings: object, moreLimits: object = {}) => {
    const slow = { cursor: 0 }
    const component = { name: 'slow', create: () => ({ keepsFrom: () => slow.cursor + 1 }) }
    const room = new TestRoom({
      hibernates,
      limits: { ...limits, ...moreLimits },
      tables: { components: [retention, component] },
    })
    const olga = room.open('olga', { role: 'owner' })
    room.command(olga, 'configure', { retention: settings })
    const say = (count: number, text = 'hello') => {
      for (let message = 0; message < count; message++) room.sendMessage(olga, text)
    }
    return { room, slow, say, log: () => room.room.context.log }
  }

  test('[L6] by count, what a component has yet to handle stays, and goes within an hour after that', () => {
    const { room, slow, say, log } = setUp({ events: 10 })
    say(40)
    slow.cursor = 7
    room.advance(hour)
    expect(log().earliest).toBe(8)
    const alarms = room.alarmCount
    room.advance(10 * hour)
    expect(room.alarmCount - alarms).toBeLessThanOrEqual(12) // a look an hour, and the socket's timeout
    slow.cursor = log().head
    room.advance(hour)
    expect(log().earliest).toBe(log().head - 9)
    slow.cursor = Number.POSITIVE_INFINITY
    say(20)
    room.advance(1)
    expect(log().earliest).toBeGreaterThan(log().head - 12) // nothing waits any more
  })

  test('[L6] by age, too', () => {
    const { room, slow, say, log } = setUp({ days: 1 })
    say(3)
    room.advance(48 * hour)
    expect(log().earliest).toBe(1)
    slow.cursor = log().head
    room.advance(2 * hour)
    expect(log().earliest).toBe(log().head)
  })

  test('[L6] a log that is too large waits for nobody', () => {
    const { room, say, log } = setUp({ events: 10 }, { retention_bytes: 20_000 })
    say(60, 'x'.repeat(1_000))
    room.advance(1)
    expect(log().earliest).toBeGreaterThan(30)
    expect(log().bytes).toBeLessThanOrEqual(22_000)
  })
})

test('[L6] webhooks and sinks keep what they have yet to deliver; a webhook that is switched off keeps nothing', () => {
  const audit = { id: 'queue:AUDIT', to: 'queue', binding: 'AUDIT', channels: ['circle:*'], events: null } as const
  const room = new TestRoom({ tables: { components: [sinks([audit], () => {}), webhooks(() => {})] } })
  const { components } = room.room.context
  const olga = room.open('olga')
  for (let message = 0; message < 5; message++) room.sendMessage(olga, 'hello')
  const taken = (seq: number) => components.get(SinkQueue).finished(audit.id, seq, { ok: true }, room.now)
  taken(1)
  expect(components.keepsFrom()).toBe(2)
  const hook = { id: 'w1', url: 'https://example.com', events: null, secret: 's', active: true, cursor: 0 }
  const state = { ...hook, again: [], failures: 0, failingSince: null, due: 0, lastError: null, maker: null }
  const put = (changed: object) =>
    room.step(() => {
      components.get(WebhookQueue).put({ ...state, ...changed })
      return nothing
    })
  put({})
  expect(components.keepsFrom()).toBe(1)
  put({ cursor: 5, again: [1] }) // sent again by hand
  expect(components.keepsFrom()).toBe(1)
  put({ active: false })
  expect(components.keepsFrom()).toBe(2)
})
