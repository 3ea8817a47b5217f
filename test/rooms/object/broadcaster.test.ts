import { describe, expect, test } from 'vitest'
import { builtinEvents } from '../../../src/protocol/builtin-events.ts'
import type { LoggedEvent } from '../../../src/protocol/events.ts'
import type { ServerFrame } from '../../../src/protocol/frames.ts'
import { Broadcaster } from '../../../src/rooms/object/broadcaster.ts'
import type { DialectName } from '../../../src/rooms/sessions/caller-context.ts'
import { newSession, type Session } from '../../../src/rooms/sessions/session.ts'

const context = { channel: 'circle:dev', events: builtinEvents, sessionId: () => '' }
const bucket = { messages: 0, bytes: 0, at: 0, refusals: [] }

function session(id: string, dialect: DialectName = 'native', known = true): Session {
  const principal = { id: `user-${id}`, name: id, kind: 'person' as const, role: 'member' as const, expires: null }
  return newSession({ id, dialect, agent: null, principal: known ? principal : null }, bucket, 0)
}

type Sent = { events: LoggedEvent[] } | { frame: ServerFrame; to?: string }

const line = (seq: number, path = 'a.ts') => ({
  events: [{ type: 'file_changed' as const, data: { path }, seq, at: 0, id: `e${seq}` }],
})
const lines = (count: number, path?: string) => Array.from({ length: count }, (_, index) => line(index + 1, path))
const listOf = (several: { events: LoggedEvent[] }[]) => ({ events: several.flatMap(({ events }) => events) })
const ack = (to: string, id: string): Sent => ({ to, frame: { type: 'ack', data: { id }, at: 0 } })
const typing = (user: string): Sent => ({
  frame: { type: 'typing', data: { user_id: user, user_name: user, active: true }, at: 0 },
})

function add(broadcaster: Broadcaster, frame: Sent, sessions: ReadonlyMap<string, Session>) {
  if ('events' in frame) return broadcaster.addEvents(frame.events, context)
  const to = frame.to === undefined ? undefined : sessions.get(frame.to)
  if (frame.to === undefined) broadcaster.addEphemeral(frame.frame, undefined, context)
  else if (to !== undefined) broadcaster.addFor(to, frame.frame, context)
}

/** What each session was sent: a string for each frame on the wire. */
function sent(sessions: Session[], frames: Sent[], packed = true, behind = '') {
  const broadcaster = new Broadcaster()
  const byId = new Map(sessions.map(one => [one.id, one]))
  for (const frame of frames) add(broadcaster, frame, byId)
  const received: Record<string, string[]> = {}
  broadcaster.flush(byId, packed, (id, { frames, durable }) => {
    received[id] = [...(received[id] ?? []), ...(id === behind ? durable() : frames).map(String)]
  })
  return received
}

/** The same, short: `7` for the event with that seq, `+x` for an ack, `~` for typing; [] for an array on the wire. */
function heard(...given: Parameters<typeof sent>) {
  const name = ({ type, seq, data }: { type: string; seq?: number; data: { id?: string } }) =>
    seq ?? (type === 'ack' ? `+${data.id}` : '~')
  const short = (text: string) => {
    const frame = JSON.parse(text)
    return Array.isArray(frame) ? frame.map(name) : name(frame)
  }
  return Object.fromEntries(Object.entries(sent(...given)).map(([id, texts]) => [id, texts.map(short)]))
}

describe('what goes together', () => {
  const ada = session('ada')
  const bob = session('bob')
  const eve = session('eve', 'plain')

  test('[N1] what comes together goes to a native client as one array, in order; to a plain one each by itself', () => {
    expect(heard([ada, eve], lines(3))).toEqual({ ada: [[1, 2, 3]], eve: [0, 0, 0].map(() => '~') })
  })

  test('[N1] one alone is no array, and what one command leads to is none either', () => {
    expect(heard([ada], lines(1))).toEqual({ ada: [1] })
    expect(heard([ada], [line(1), ack('ada', 'm1')], false)).toEqual({ ada: [1, '+m1'] })
  })

  test('[N1] what was said as a list is an array also when nothing else came', () => {
    expect(heard([ada], [listOf(lines(3)), ack('ada', 'm1')], false)).toEqual({ ada: [[1, 2, 3], '+m1'] })
  })

  test('[N1] an array stays below 64 KiB, and nothing is left out', () => {
    const texts = sent([ada], lines(300, 'x'.repeat(1_000))).ada ?? []
    expect(Math.max(...texts.map(text => text.length))).toBeLessThan(66_000)
    expect(texts.length).toBeLessThan(7)
    expect(texts.flatMap(text => JSON.parse(text)).map(({ seq }) => seq)).toEqual(
      lines(300).map((_, index) => index + 1),
    )
  })

  test('[L5] a sender finds its acks between the same events, in the order in which they were said', () => {
    const said = [line(1), ack('ada', 'm1'), line(2), ack('bob', 'm1'), line(3), ack('ada', 'm2')]
    expect(heard([ada, bob, session('cyd')], said)).toEqual({
      ada: [[1, '+m1', 2, 3, '+m2']],
      bob: [[1, 2, '+m1', 3]],
      cyd: [[1, 2, 3]],
    })
  })

  test('[P5] a typist does not hear of itself, everybody else does', () => {
    expect(heard([ada, bob], [line(1), typing('user-ada'), line(2)])).toEqual({ ada: [[1, 2]], bob: [[1, '~', 2]] })
  })

  test('[R3] who is being replayed to gets the events with its history, and no others', () => {
    const late = { ...session('late'), cursor: 0 }
    expect(heard([ada, late], [line(1), typing('user-bob'), line(2)])).toEqual({ ada: [[1, '~', 2]], late: ['~'] })
  })

  test('[A4] who has not said who it is hears nothing', () => {
    expect(heard([session('who', 'plain', false), ada], lines(2)).who ?? []).toEqual([])
  })

  test('whoever is behind gets what lasts, not what was of the moment', () => {
    const said = [line(1), typing('user-bob'), line(2), ack('ada', 'm1')]
    expect(heard([ada], said, true, 'ada')).toEqual({ ada: [[1, 2, '+m1']] })
  })

  test('who left before it was sent still gets what was said to it', () => {
    const broadcaster = new Broadcaster()
    const here = new Map([[ada.id, ada]])
    add(broadcaster, ack('ada', 'm1'), here)
    here.clear()
    const got: string[] = []
    broadcaster.flush(here, true, (id, { frames }) => got.push(`${id} ${frames.length}`))
    expect(got).toEqual(['ada 1'])
  })

  test('nothing is sent twice', () => {
    const broadcaster = new Broadcaster()
    const here = new Map([[ada.id, ada]])
    add(broadcaster, line(1), here)
    const got: unknown[] = []
    for (let round = 0; round < 2; round++) broadcaster.flush(here, true, (_, { frames }) => got.push(...frames))
    expect(got.length).toBe(1)
  })
})
