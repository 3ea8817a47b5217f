import fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { LoggedEvent } from '../../../src/protocol/events/events.ts'
import { type Outcome, outcome, sequence } from '../../../src/rooms/outcome.ts'
import type { DialectName } from '../../../src/rooms/sessions/caller-context.ts'
import { fullBucket } from '../../../src/rooms/sessions/rate-limit.ts'
import { newSession, type Session } from '../../../src/rooms/sessions/session.ts'
import { type FakeSocket, fakeSocket, fakeState, roomHost } from '../../support/fake-object.ts'
import { runs } from '../../support/random.ts'
import { start, TestRoom } from '../../support/test-room.ts'

const seed = Number(process.env.CIRCLES_SEED ?? 20_261_128)
const epoch = '00000000-0000-4000-8000-000000000000' // of both logs: what is encoded depends on it
const users: [id: string, dialect: DialectName][] = [
  ['ada', 'native'],
  ['bob', 'native'],
  ['cai', 'plain'],
  ['dan', 'events'],
]

function sessionOf([id, dialect]: (typeof users)[number], limits: TestRoom['limits']): Session {
  const principal = { id, name: id, kind: 'person', role: 'member', expires: null } as const
  return newSession({ id: `s-${id}`, dialect, agent: null, principal }, fullBucket(limits, start), start)
}

/** A room in its object, with the texts that each of its sockets was sent. */
function inObject() {
  const host = roomHost(fakeState('dev'))
  const sockets = new Map<string, FakeSocket>()
  for (const user of users) {
    const socket = fakeSocket()
    const session = sessionOf(user, host.limits)
    sockets.set(session.id, socket)
    const { principal, dialect } = session
    const caller = { channel: 'dev', principal, dialect, agent: null, ticket: null, since: null, epoch: null }
    host.connect(caller, session, id => host.sockets.accept(id, socket))
  }
  const take = () => [...sockets].map(([id, socket]) => [id, socket.sent.splice(0), socket.closed])
  take()
  return { perform: (one: Outcome, sender: string) => host.run(() => one, sender), take }
}

/** The same room in the hand of a test. */
function inTest() {
  const room = new TestRoom({ newId: () => epoch })
  const sent = new Map<string, string[]>()
  const closed = new Map<string, number>()
  const { deliver, close } = room.subscriber
  room.subscriber.deliver = (id, delivery) => {
    if (!closed.has(id)) sent.get(id)?.push(...delivery.frames.map(String))
    deliver(id, delivery)
  }
  room.subscriber.close = (id, code, reason) => {
    closed.set(id, { tooBig: 1009, tooSlow: 4430 }[code as 'tooBig' | 'tooSlow'])
    close(id, code, reason)
  }
  for (const user of users) {
    const session = sessionOf(user, room.limits)
    sent.set(session.id, [])
    room.step(({ connect }) => connect.call(room.room, session, null, start))
  }
  const take = () => [...sent].map(([id, texts]) => [id, texts.splice(0), closed.get(id) ?? null])
  take()
  return { room, perform: (one: Outcome, sender: string) => room.step(() => one, sender), take }
}

const text = fc.string({ maxLength: 20 })
const sessionId = fc.constantFrom(...users.map(([id]) => `s-${id}`), 's-nobody')
const event = fc
  .record({ seq: fc.integer({ min: 1, max: 999 }), content: text })
  .map(({ seq, content }): LoggedEvent => {
    const data = { content, user_id: 'ada', user_name: 'ada', client_id: null, hop: 0 }
    return { type: 'message', data, seq, at: start, id: `seq:${seq}` }
  })
const response = fc.option(
  fc.oneof(
    text.map(id => ({ type: 'ack' as const, data: { id }, at: start })),
    text.map(message => ({ type: 'error' as const, data: { code: 'invalid' as const, message }, at: start })),
  ),
)
const ephemeral = fc.record({
  frame: text.map(name => ({ type: 'signal' as const, data: { name, value: 1, user_id: 'ada' }, at: start })),
  ways: fc.oneof(
    fc.constant({}),
    sessionId.map(to => ({ to })),
    sessionId.map(except => ({ except })),
  ),
})
const step = fc.record({
  sender: sessionId,
  events: fc.array(event, { maxLength: 3 }),
  response,
  ephemeral: fc.array(
    ephemeral.map(({ frame, ways }) => ({ frame, ...ways })),
    { maxLength: 3 },
  ),
  closes: fc.option(fc.constantFrom(...users), { freq: 9 }),
})

test('an outcome leads to the same bytes in the object and in the tests’ room', () => {
  vi.useFakeTimers({ now: start })
  const random = vi.spyOn(crypto, 'randomUUID').mockReturnValue(epoch)
  onTestFinished(() => {
    random.mockRestore()
    vi.useRealTimers()
  })
  fc.assert(
    fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 8 }), runs => {
      const [object, tested] = [inObject(), inTest()]
      for (const steps of runs) {
        const chain = sequence(
          ...steps.map(({ closes, events, response, ephemeral }) => {
            const session = closes && sessionOf(closes, tested.room.limits)
            const effects = session ? [{ do: 'close' as const, session, code: 'tooBig' as const, reason: 'x' }] : []
            return outcome({ events, response, ephemeral, effects })
          }),
        )
        const sender = steps[0]?.sender ?? ''
        object.perform(chain, sender)
        tested.perform(chain, sender)
        expect(tested.take()).toEqual(object.take())
      }
    }),
    { seed, numRuns: runs(40) },
  )
})
