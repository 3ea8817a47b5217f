import { expect, test } from 'vitest'
import type { TryResult } from '../../../../src/rooms/log/log-follower.ts'
import { WebhookQueue } from '../../../../src/rooms/outbound/webhooks/queue.ts'
import type { Delivery, WebhookState } from '../../../../src/rooms/outbound/webhooks/webhook.ts'
import { TestRoom } from '../../../support/test-room.ts'

const hook: WebhookState = {
  id: 'h1',
  url: 'https://hooks.example.org/secret-path',
  events: null,
  secret: 'not told to anybody',
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

/** A circle with a webhook, whose deliveries the test carries. */
function aRoom(given: Partial<WebhookState> = {}) {
  const room = new TestRoom()
  const ada = room.open('ada')
  const webhooks = () => room.room.context.components.get(WebhookQueue)
  webhooks().keep({ ...hook, ...given })
  const say = (...lines: string[]) => {
    for (const line of lines) room.sendMessage(ada, line)
  }
  /** The deliveries that are made now, and those that were made since the last call. */
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
  return { room, ada, say, start, end, only, webhooks }
}

test('[W] events go out one at a time, in their order, each after the one before was taken', () => {
  const { say, start, end, only, webhooks } = aRoom()
  say('one', 'two')
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

test('[W] a hook that wants some types passes the others over', () => {
  const { room, ada, say, only, end, start } = aRoom({ events: ['reaction'] })
  say('one', 'two')
  expect(start()).toEqual([])
  room.command(ada, 'react', { seq: 1, emoji: '👍' })
  const delivery = only()
  expect(delivery).toMatchObject({ seq: 3, type: 'reaction' })
  end(delivery)
  expect(start()).toEqual([])
})

test('[W] what failed is sent again under the same id, with pauses that double up to an hour', () => {
  const { room, say, only, end, start, webhooks } = aRoom()
  say('one')
  const first = only()
  const pauses: number[] = []
  let delivery = first
  for (let tries = 0; tries < 12; tries++) {
    end(delivery, down)
    expect(start()).toEqual([])
    const due = webhooks().nextAlarm() ?? 0
    pauses.push((due - room.now) / 1000)
    room.now = due
    delivery = only()
    expect(delivery.id).toBe(first.id)
  }
  expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600])
})

test('[W] after a day of failures a hook is switched off, and everybody hears of it, but not of its URL', () => {
  const { room, ada, say, only, end, start, webhooks } = aRoom()
  say('one')
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
  say('two')
  expect([start(), webhooks().nextAlarm()]).toEqual([[], null])
})

test('[W] a receiver that says it is gone is left alone at once', () => {
  const { say, only, end, start, webhooks } = aRoom()
  say('one')
  end(only(), { ok: false, error: 'the receiver answered 410', gone: true })
  expect([start(), webhooks().find('h1')?.active]).toEqual([[], false])
})

test('[W] a crash loses nothing: what was under way is sent again, what was taken is not', () => {
  const { room, say, only, end, start } = aRoom()
  say('one', 'two')
  end(only())
  const lost = only()
  room.crash()
  expect(room.room.nextAlarm()).toBeLessThanOrEqual(room.now)
  expect(only()).toMatchObject({ seq: 2, id: lost.id })
  expect(start()).toEqual([])
})

test('[W] a try that is never heard of again is given up', () => {
  const { room, say, only, start, webhooks } = aRoom()
  say('one')
  const lost = only()
  const due = webhooks().nextAlarm() ?? 0
  expect(due - room.now).toBe(30_000)
  room.now = due
  expect(start().map(({ id }) => id)).toEqual([lost.id])
})

test('[W] an event is sent again by hand, before what is still to come, and stored as asked', () => {
  const { room, say, only, end, webhooks, start } = aRoom()
  say('one', 'two')
  end(only())
  end(only())
  const known = webhooks().find('h1')
  if (known === null) throw new Error('there is a hook')
  webhooks().keep({ ...known, again: [1] })
  say('three')
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
