import { describe, expect, test } from 'vitest'
import { builtinEvents } from '../../../src/protocol/events/builtin-events.ts'
import type { LoggedEvent } from '../../../src/protocol/events/events.ts'
import type { ServerFrame } from '../../../src/protocol/frames.ts'
import { Broadcaster } from '../../../src/rooms/object/broadcaster.ts'
import type { DialectName } from '../../../src/rooms/sessions/caller-context.ts'
import { newSession, type Session } from '../../../src/rooms/sessions/session.ts'

const context = { channel: 'circle:dev', events: builtinEvents, sessionId: () => '' }
const bucket = { messages: 0, bytes: 0, at: 0, refusals: [] }

function session(id: string, dialect: DialectName = 'native'): Session {
  const principal = { id: `user-${id}`, name: id, kind: 'person' as const, role: 'member' as const, expires: null }
  return newSession({ id, dialect, agent: null, principal }, bucket, 0)
}

type Sent = { events: LoggedEvent[] } | { frame: ServerFrame; to?: string }

const event = (seq: number, path = 'a.ts') => ({
  events: [{ type: 'file_changed' as const, data: { path }, seq, at: 0, id: `e${seq}` }],
})
const events = (count: number, path?: string) => Array.from({ length: count }, (_, index) => event(index + 1, path))
const batchOf = (all: { events: LoggedEvent[] }[]) => ({ events: all.flatMap(({ events }) => events) })
const ack = (to: string, id: string): Sent => ({ to, frame: { type: 'ack', data: { id }, at: 0 } })
const typing = (user: string): Sent => ({
  frame: { type: 'typing', data: { user_id: user, user_name: user, active: true }, at: 0 },
})

function add(broadcaster: Broadcaster, frame: Sent, sessions: ReadonlyMap<string, Session>) {
  if ('events' in frame) return broadcaster.addEvents(frame.events, context)
  const to = frame.to === undefined ? undefined : sessions.get(frame.to)
  if (frame.to === undefined) broadcaster.addEphemeral(frame.frame, [], context)
  else if (to !== undefined) broadcaster.addFor(to, frame.frame, context)
}

/** Returns the texts that each session was sent, one for each WebSocket message. */
function sent(sessions: Session[], frames: Sent[], packed = true, behind = '') {
  const broadcaster = new Broadcaster()
  const byId = new Map(sessions.map(one => [one.id, one]))
  for (const frame of frames) add(broadcaster, frame, byId)
  const received: Record<string, string[]> = {}
  broadcaster.flush(
    () => byId.values(),
    packed,
    (id, { frames, durable }) => {
      received[id] = [...(received[id] ?? []), ...(id === behind ? durable() : frames).map(String)]
    },
  )
  return received
}

/** The same, abbreviated: `7` for the event with that seq, `+x` for an ack, `~` for typing; [] for an array on the wire. */
function received(...options: Parameters<typeof sent>) {
  const name = ({ type, seq, data }: { type: string; seq?: number; data: { id?: string } }) =>
    seq ?? (type === 'ack' ? `+${data.id}` : '~')
  const short = (text: string) => {
    const frame = JSON.parse(text)
    return Array.isArray(frame) ? frame.map(name) : name(frame)
  }
  return Object.fromEntries(Object.entries(sent(...options)).map(([id, texts]) => [id, texts.map(short)]))
}

describe('a flush', () => {
  const ada = session('ada')
  const bob = session('bob')
  const eve = session('eve', 'plain')

  test('[N1] several frames go to a native client as one array, in order; to a plain one separately', () => {
    expect(received([ada, eve], events(3))).toEqual({ ada: [[1, 2, 3]], eve: [0, 0, 0].map(() => '~') })
  })

  test('[N1] a single frame is no array, nor are the frames of one command', () => {
    expect(received([ada], events(1))).toEqual({ ada: [1] })
    expect(received([ada], [event(1), ack('ada', 'm1')], false)).toEqual({ ada: [1, '+m1'] })
  })

  test('[N1] events of one batch are an array, also if nothing else was sent', () => {
    expect(received([ada], [batchOf(events(3)), ack('ada', 'm1')], false)).toEqual({ ada: [[1, 2, 3], '+m1'] })
  })

  test('[N1] an array stays below 64 KiB, and no frame is dropped', () => {
    const texts = sent([ada], events(300, 'x'.repeat(1_000))).ada ?? []
    expect(Math.max(...texts.map(text => text.length))).toBeLessThan(66_000)
    expect(texts.length).toBeLessThan(7)
    expect(texts.flatMap(text => JSON.parse(text)).map(({ seq }) => seq)).toEqual(
      events(300).map((_, index) => index + 1),
    )
  })

  test('[L5] a sender receives its acks between the same events, in the order they were added', () => {
    const frames = [event(1), ack('ada', 'm1'), event(2), ack('bob', 'm1'), event(3), ack('ada', 'm2')]
    expect(received([ada, bob, session('cyd')], frames)).toEqual({
      ada: [[1, '+m1', 2, 3, '+m2']],
      bob: [[1, 2, '+m1', 3]],
      cyd: [[1, 2, 3]],
    })
  })

  test('[P5] the typing user does not receive it, everybody else does', () => {
    expect(received([ada, bob], [event(1), typing('user-ada'), event(2)])).toEqual({
      ada: [[1, 2]],
      bob: [[1, '~', 2]],
    })
  })

  test('[R3] a session in replay receives no live events: they come with its history', () => {
    const late = { ...session('late'), cursor: 0 }
    expect(received([ada, late], [event(1), typing('user-bob'), event(2)])).toEqual({ ada: [[1, '~', 2]], late: ['~'] })
  })

  test('a session that is behind receives durable frames, not ephemeral ones', () => {
    const frames = [event(1), typing('user-bob'), event(2), ack('ada', 'm1')]
    expect(received([ada], frames, true, 'ada')).toEqual({ ada: [[1, 2, '+m1']] })
  })

  test('a session that left before the flush still receives its responses', () => {
    const broadcaster = new Broadcaster()
    const sessions = new Map([[ada.id, ada]])
    add(broadcaster, ack('ada', 'm1'), sessions)
    sessions.clear()
    const delivered: string[] = []
    broadcaster.flush(
      () => sessions.values(),
      true,
      (id, { frames }) => delivered.push(`${id} ${frames.length}`),
    )
    expect(delivered).toEqual(['ada 1'])
  })

  test('a frame is encoded once per dialect, for however many sessions, also those that get an ack of their own', () => {
    let encodings = 0
    const fileChanged = builtinEvents.get('file_changed')
    if (fileChanged === undefined) throw new Error('expected file_changed among the events')
    const plain = (shown: LoggedEvent) => {
      encodings += 1
      return { type: shown.type, data: shown.data }
    }
    const counted = { ...context, events: new Map([...builtinEvents, ['file_changed', { ...fileChanged, plain }]]) }
    const readers = Array.from({ length: 20 }, (_, index) => session(`p${index}`, 'plain'))
    const broadcaster = new Broadcaster()
    broadcaster.addEvents(event(1).events, counted)
    const [own] = readers
    if (own !== undefined) broadcaster.addFor(own, { type: 'ack', data: { id: 'a1' }, at: 0 }, counted)
    const sent: string[] = []
    broadcaster.flush(
      () => readers.values(),
      true,
      id => sent.push(id),
    )
    expect([encodings, new Set(sent).size]).toEqual([1, 20])
  })

  test('no frame is sent twice', () => {
    const broadcaster = new Broadcaster()
    const sessions = new Map([[ada.id, ada]])
    add(broadcaster, event(1), sessions)
    const delivered: unknown[] = []
    for (let round = 0; round < 2; round++)
      broadcaster.flush(
        () => sessions.values(),
        true,
        (_, { frames }) => delivered.push(...frames),
      )
    expect(delivered.length).toBe(1)
  })
})
