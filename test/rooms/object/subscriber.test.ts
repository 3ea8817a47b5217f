import { describe, expect, test } from 'vitest'
import { EventStream } from '../../../src/http/routes/sse.ts'
import type { CloseName } from '../../../src/protocol/close-codes.ts'
import { builtinEvents } from '../../../src/protocol/events/builtin-events.ts'
import { limits } from '../../../src/protocol/limits.ts'
import { OutcomePerformer } from '../../../src/rooms/object/outcome-performer.ts'
import { Sockets } from '../../../src/rooms/object/sockets.ts'
import type { Delivery, Encoded, Subscriber } from '../../../src/rooms/object/subscriber.ts'
import { ack, close, ephemeral, type Outcome, outcome } from '../../../src/rooms/outcome.ts'
import { newSession, type Session } from '../../../src/rooms/sessions/session.ts'
import { fakeSocket, fakeState } from '../../support/fake-object.ts'

const start = Date.UTC(2026, 10, 21, 9)
const count = 50

type Frame = { type: string; seq?: number; data: { id?: string; name?: string } }

/** Fifty sessions by one kind of connection, and what each has received since the last look. */
type Connected = {
  subscriberOf(session: string): Subscriber
  take(session: string): Promise<Frame[]>
  isClosed(session: string): boolean
  writes?(): number // to the one connection that all share
}

/** One connection that carries many sessions: a write says which of them its frames are for. */
class Pipe implements Subscriber {
  readonly written: { to: string[]; frames: readonly Encoded[] }[] = []
  readonly closed = new Set<string>()
  #collected = new Map<Delivery, string[]>()

  deliver(session: string, delivery: Delivery): void {
    const to = this.#collected.get(delivery)
    if (to === undefined) this.#collected.set(delivery, [session])
    else to.push(session)
  }

  flush(): void {
    for (const [{ frames }, to] of this.#collected) if (frames.length > 0) this.written.push({ to, frames })
    this.#collected = new Map()
  }

  close(session: string): void {
    this.closed.add(session)
  }

  lastPingAt = () => 0
  backlog = () => 0
  confirmReceived = () => {}
}

const connections: Record<string, (ids: string[]) => Connected> = {
  'a socket each'(ids) {
    const sockets = new Sockets(fakeState('dev'), limits.unread_bytes)
    const all = new Map(ids.map(id => [id, fakeSocket()]))
    for (const [id, socket] of all) sockets.accept(id, socket)
    return {
      subscriberOf: () => sockets,
      take: async id => (all.get(id)?.sent.splice(0) ?? []).flatMap(text => JSON.parse(text)),
      isClosed: id => all.get(id)?.closed !== null,
    }
  },
  'an event stream each'(ids) {
    const streams = new Map(ids.map(id => [id, new EventStream(() => {})]))
    const readers = new Map([...streams].map(([id, { body }]) => [id, body.getReader()]))
    const ended = new Set<string>()
    const take = async (id: string) => {
      let text = ''
      while (ended.has(id) || (streams.get(id)?.backlog() ?? 0) > 0) {
        const chunk = await readers.get(id)?.read()
        if (chunk === undefined || chunk.done) break
        text += new TextDecoder().decode(chunk.value)
      }
      const logged = [...text.matchAll(/^id: \d+\nevent: .*\ndata: (.*)$/gm)]
      return logged.map(([, data = '']) => JSON.parse(data) as Frame)
    }
    return {
      subscriberOf(id) {
        const stream = streams.get(id)
        if (stream === undefined) throw new Error(`there is no stream of ${id}`)
        const close = (session: string, code: CloseName, reason: string) => {
          ended.add(session)
          stream.close(session, code, reason)
        }
        const deliver = (session: string, delivery: Delivery) => stream.deliver(session, delivery)
        return { deliver, close, lastPingAt: () => 0, backlog: () => stream.backlog(), confirmReceived: () => {} }
      },
      take,
      isClosed: id => ended.has(id),
    }
  },
  'one pipe for all'() {
    const pipe = new Pipe()
    const read = new Map<string, number>()
    return {
      subscriberOf: () => pipe,
      async take(id) {
        const from = read.get(id) ?? 0
        read.set(id, pipe.written.length)
        const own = pipe.written.slice(from).filter(({ to }) => to.includes(id))
        return own.flatMap(({ frames }) => frames.flatMap(frame => JSON.parse(String(frame))))
      },
      isClosed: id => pipe.closed.has(id),
      writes: () => pipe.written.length,
    }
  },
}

function sessionOf(id: string): Session {
  const principal = { id: `user-${id}`, name: id, kind: 'person', role: 'member', expires: null } as const
  const bucket = { messages: 0, bytes: 0, at: 0, refusals: [] }
  return newSession({ id, dialect: 'native', agent: null, principal }, bucket, 0)
}

const event = (seq: number) => {
  const data = { content: `${seq}`, user_id: 'ada', user_name: 'Ada', client_id: null, hop: 0 }
  return { type: 'message' as const, data, seq, at: start, id: `seq:${seq}` }
}

describe.each(Object.keys(connections))('fan-out to fifty sessions by %s', name => {
  /** A room's performer with its sessions, and what each receives in short: `7`, `+ack`, `~ephemeral`. */
  function setUp() {
    const sessions = new Map(Array.from({ length: count }, (_, index) => [`s${index}`, sessionOf(`s${index}`)]))
    const connected = connections[name]?.([...sessions.keys()])
    if (connected === undefined) throw new Error(`there are no connections by ${name}`)
    const encodeContext = { channel: 'circle:dev', events: builtinEvents, sessionId: () => '' }
    const no = () => {
      throw new Error('not expected here')
    }
    const performer = new OutcomePerformer({
      audience: () => ({ sessions, encodeContext }),
      subscriberOf: connected.subscriberOf,
      ...{ verifyToken: no, callAgent: no, cancelCall: no, cancelAllCalls: no, reload: no, delete: no },
    })
    const perform = (one: Outcome, sender: string | null = null) => {
      performer.perform(one, sender)
      performer.flush(false)
    }
    const received = async (id: string) => {
      const frames = await connected.take(id)
      return frames.map(({ type, seq, data }) => seq ?? (type === 'ack' ? `+${data.id}` : `~${data.name}`))
    }
    return { sessions, connected, perform, received }
  }
  const carriesEphemeral = name !== 'an event stream each' // that leaves out what is not logged

  test('[L5] every session receives every event in order, once; the sender its ack after its event', async () => {
    const { sessions, perform, received } = setUp()
    perform(outcome({ events: [event(1)], response: ack({ id: 'm1', seq: 1 }, start) }), 's7')
    perform(outcome({ events: [event(2), event(3)] }))
    for (const id of sessions.keys()) {
      expect(await received(id)).toEqual(id === 's7' && carriesEphemeral ? [1, '+m1', 2, 3] : [1, 2, 3])
    }
  })

  test('a frame for one session, or for all but one, reaches those', async () => {
    const { sessions, perform, received } = setUp()
    const frame = (name: string) => ephemeral('signal', { name, value: 1, user_id: 'ada' }, start)
    perform(
      outcome({
        ephemeral: [
          { frame: frame('a'), to: 's1' },
          { frame: frame('b'), except: 's1' },
        ],
      }),
    )
    for (const id of sessions.keys()) {
      expect(await received(id)).toEqual(carriesEphemeral ? [id === 's1' ? '~a' : '~b'] : [])
    }
  })

  test('[R3] a session in replay receives no live event', async () => {
    const { sessions, perform, received } = setUp()
    const late = sessions.get('s3')
    if (late !== undefined) late.cursor = 0
    perform(outcome({ events: [event(1)] }))
    expect([await received('s3'), await received('s4')]).toEqual([[], [1]])
  })

  test('a closed session receives what was sent before, and nothing after', async () => {
    const { sessions, connected, perform, received } = setUp()
    const session = sessions.get('s5') as Session
    perform(outcome({ events: [event(1)], effects: [close(session, 'forbidden', 'you were removed')] }))
    sessions.delete('s5')
    perform(outcome({ events: [event(2)] }))
    expect((await received('s5')).filter(one => typeof one === 'number')).toEqual([1])
    expect([connected.isClosed('s5'), connected.isClosed('s6')]).toEqual([true, false])
    expect(await received('s6')).toEqual([1, 2])
  })

  test('a shared connection is written to once for all who receive the same', () => {
    const { connected, perform } = setUp()
    perform(outcome({ events: [event(1)] }))
    expect(connected.writes?.() ?? 1).toBe(1)
    perform(outcome({ events: [event(2)], response: ack({ id: 'm1', seq: 2 }, start) }), 's7')
    expect(connected.writes?.() ?? 3).toBe(3) // the sender's, and that of all others
  })
})
