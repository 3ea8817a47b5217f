import assert from 'node:assert/strict'
import fc from 'fast-check'
import { expect, onTestFailed, test } from 'vitest'
import type { LoggedEvent } from '../../src/protocol/events/events.ts'
import type { Outcome } from '../../src/rooms/outcome.ts'
import { type OpenOptions, TestRoom, type TestSession } from '../support/test-room.ts'
import { frame } from './frames.ts'

const frames = Number(process.env.FUZZ_FRAMES ?? 20_000)
const seed = Number(process.env.FUZZ_SEED ?? 20_261_121)
const perRoom = 200

const users: [string, OpenOptions][] = [
  ['ada', {}],
  ['ada', { dialect: 'plain' }],
  ['bob', { role: 'reader' }],
  ['mod', { role: 'moderator' }],
  ['eve', { role: 'owner' }],
  ['cai', { dialect: 'events' }],
  ['dan', { dialect: 'text', agent: 'pickle' }],
  ['gus', { kind: 'guest' }],
]

const step = fc.record({ user: fc.nat(users.length - 1), frame, pauseMs: fc.constantFrom(0, 100, 100, 1_000, 7_000) })

test(`[E1] ${frames} fuzzed frames throw no error, and affect others only through the protocol`, {
  timeout: 1_800_000,
}, () => {
  onTestFailed(() => console.log(`again: FUZZ_SEED=${seed} FUZZ_FRAMES=${frames}`))
  const steps = fc.sample(step, { seed, numRuns: frames })
  let stored = 0
  for (let from = 0; from < frames; from += perRoom) {
    const fuzz = new Fuzz()
    for (const { user, frame, pauseMs } of steps.slice(from, from + perRoom)) fuzz.receive(user, frame, pauseMs)
    stored += fuzz.finish()
  }
  console.log(`${frames} frames, seed ${seed}: ${stored} events stored`)
  expect(stored).toBeGreaterThan(frames / 50) // otherwise the frames would only meet refusals
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(Object.keys(Object.prototype)).toEqual([])
})

/** The types of frames that only one session may get. */
const privateTypes: ReadonlySet<string> = new Set(['error', 'ack', 'welcome', 'history', 'pong'])

/** A room with a user of every kind, and the invariants that are checked after each frame. */
class Fuzz {
  readonly #room = new TestRoom({ limits: { message_burst: 60, messages_per_second: 30 } })
  readonly #sessions: TestSession[] = []
  #head = 0

  constructor() {
    for (const user of users.keys()) this.#sessionOf(user)
  }

  receive(user: number, raw: string | ArrayBuffer, pauseMs: number): void {
    const session = this.#sessionOf(user)
    const [name, { role = 'member', dialect = 'native' }] = users[user] ?? ['', {}]
    this.#room.advance(pauseMs)
    this.#head = this.#room.room.context.log.head
    const { starts } = this.#room
    this.#room.send(session, raw)
    const outcomes = [...this.#room.outcomes]
    assert.equal(this.#room.starts, starts, 'the room was restarted')
    for (const outcome of outcomes) this.#assertOwn(outcome, session)
    const stored = this.#stored()
    for (const event of stored) assert.equal(authorOf(event, name), name)
    if (role === 'reader') assert.equal(stored.length, 0)
    if (outcomes.some(isRefusal)) assert.equal(stored.length, 0)
    if (dialect === 'native') this.#assertOneAnswer(raw, outcomes, session)
    this.#endTurns()
    for (const other of this.#sessions) this.#room.take(other)
  }

  /** Checks that the log is dense and that hibernation loses none of it; returns its head. */
  finish(): number {
    const { log } = this.#room.room.context
    const before = log.after(0, 10_000)
    assert.deepEqual(
      before.events.map(({ seq }) => seq),
      before.events.map((_, index) => log.earliest + index),
    )
    this.#room.hibernate()
    assert.deepEqual(this.#room.room.context.log.after(0, 10_000), before)
    return log.head
  }

  /** The session of a user, a new one where the last one was closed. */
  #sessionOf(user: number): TestSession {
    const [name, options] = users[user] ?? ['', {}]
    const session = this.#sessions[user]
    if (session !== undefined && session.closed === null) return session
    const fresh = this.#room.open(name, options)
    this.#sessions[user] = fresh
    this.#room.take(fresh)
    return fresh
  }

  #stored(): LoggedEvent[] {
    const { log } = this.#room.room.context
    assert.ok(log.head >= this.#head)
    return log.after(this.#head, 100).events
  }

  /** Refusals and closes go to the sender alone, except that an owner's command may close others. */
  #assertOwn({ ephemeral, effects }: Outcome, session: TestSession): void {
    for (const { frame, to } of ephemeral) {
      if (to === undefined) assert.ok(!privateTypes.has(frame.type))
      else if (frame.type !== 'signal') assert.equal(to, session.id)
    }
    for (const effect of effects) {
      if (effect.do === 'close' && effect.session.id !== session.id) assert.equal(effect.code, 'forbidden')
    }
  }

  /** A command with a valid id gets one answer, and every other frame at most one. */
  #assertOneAnswer(raw: string | ArrayBuffer, outcomes: readonly Outcome[], session: TestSession): void {
    const isVerifying = outcomes.some(({ effects }) => effects.some(effect => effect.do === 'verifyToken'))
    if (session.closed !== null || isVerifying) return
    const answers = outcomes.flatMap(({ response, ephemeral }) => [
      ...(response === null ? [] : [response]),
      ...ephemeral.filter(({ frame, to }) => to === session.id && frame.type !== 'signal'),
    ])
    assert.ok(answers.length <= 1)
    const id = idIn(raw)
    if (id !== null) assert.equal(answers.length, 1, String(raw).slice(0, 300))
  }

  #endTurns(): void {
    for (const call of this.#room.calls.splice(0)) {
      this.#room.turnProgressed(call, { type: 'delta', text: 'so be it' })
      this.#room.turnEnded(call, { type: 'answered', content: 'so be it', truncated: false })
    }
  }
}

function isRefusal({ response }: Outcome): boolean {
  return response?.type === 'error'
}

/** The user who caused an event; events of the room itself follow from the command of `name`. */
function authorOf(event: LoggedEvent, name: string): string {
  if ('user_id' in event.data && event.type !== 'member_changed') return event.data.user_id ?? name
  return name
}

function idIn(raw: string | ArrayBuffer): string | null {
  if (typeof raw !== 'string') return null
  try {
    const { id } = JSON.parse(raw) as { id?: unknown }
    return typeof id === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(id) ? id : null
  } catch {
    return null // not JSON, or not an object
  }
}
