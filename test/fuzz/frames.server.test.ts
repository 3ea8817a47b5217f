import assert from 'node:assert/strict'
import fc from 'fast-check'
import { expect, onTestFailed, test } from 'vitest'
import type { LoggedEvent } from '../../src/protocol/events.ts'
import type { Outcome } from '../../src/rooms/outcome.ts'
import { type OpenOptions, TestRoom, type TestSession } from '../support/test-room.ts'
import { frame } from './frames.ts'

const frames = Number(process.env.FUZZ_FRAMES ?? 100_000)
const seed = Number(process.env.FUZZ_SEED ?? 20_261_121)
const perRoom = 200

const visitors: [string, OpenOptions][] = [
  ['ada', {}],
  ['ada', { dialect: 'plain' }],
  ['bob', { role: 'reader' }],
  ['mod', { role: 'moderator' }],
  ['eve', { role: 'owner' }],
  ['cai', { dialect: 'events' }],
  ['dan', { dialect: 'text', agent: 'pickle' }],
  ['gus', { kind: 'guest' }],
  ['new', { dialect: 'plain', authenticated: false }],
]

const step = fc.record({ who: fc.nat(visitors.length - 1), frame, pauseMs: fc.constantFrom(0, 100, 100, 1_000, 7_000) })

test(`[E1] ${frames} fuzzed frames throw nothing, and touch nobody but through the protocol`, {
  timeout: 600_000,
}, () => {
  onTestFailed(() => console.log(`again: FUZZ_SEED=${seed} FUZZ_FRAMES=${frames}`))
  const steps = fc.sample(step, { seed, numRuns: frames })
  let stored = 0
  for (let from = 0; from < frames; from += perRoom) {
    const fuzz = new Fuzz()
    for (const { who, frame, pauseMs } of steps.slice(from, from + perRoom)) fuzz.receive(who, frame, pauseMs)
    stored += fuzz.finish()
  }
  console.log(`${frames} frames, seed ${seed}: ${stored} events stored`)
  expect(stored).toBeGreaterThan(frames / 50) // or the fuzz would only meet the door
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  expect(Object.keys(Object.prototype)).toEqual([])
})

/** What is for one session only. */
const personal: ReadonlySet<string> = new Set(['error', 'ack', 'welcome', 'history', 'pong'])

/** A room with somebody of every kind, and what must hold after each frame. */
class Fuzz {
  readonly #room = new TestRoom({ limits: { message_burst: 60, messages_per_second: 30 } })
  readonly #seats: TestSession[] = []
  #head = 0

  constructor() {
    for (const who of visitors.keys()) this.#seat(who)
  }

  receive(who: number, raw: string | ArrayBuffer, pauseMs: number): void {
    const seat = this.#seat(who)
    const [name, { role = 'member', dialect = 'native', authenticated = true }] = visitors[who] ?? ['', {}]
    this.#room.advance(pauseMs)
    this.#head = this.#room.room.context.log.head
    const births = this.#room.starts
    this.#room.send(seat, raw)
    const outcomes = [...this.#room.outcomes]
    assert.equal(this.#room.starts, births, 'the room was begun anew')
    for (const outcome of outcomes) this.#isOwn(outcome, seat)
    const stored = this.#stored()
    for (const event of stored) assert.equal(authorOf(event, name), name)
    if (role === 'reader' || !authenticated) assert.equal(stored.length, 0)
    if (outcomes.some(isRefusal)) assert.equal(stored.length, 0)
    if (dialect === 'native') this.#isAnsweredOnce(raw, outcomes, seat)
    this.#letAgentsAnswer()
    for (const other of this.#seats) this.#room.take(other)
  }

  /** All is in order, and none of it is lost by sleeping. */
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

  #seat(who: number): TestSession {
    const [name, visitor] = visitors[who] ?? ['', {}]
    const seat = this.#seats[who]
    if (seat !== undefined && seat.closed === null) return seat
    const fresh = this.#room.open(name, visitor)
    this.#seats[who] = fresh
    this.#room.take(fresh)
    return fresh
  }

  #stored(): LoggedEvent[] {
    const { log } = this.#room.room.context
    assert.ok(log.head >= this.#head)
    return log.after(this.#head, 100).events
  }

  /** A refusal goes to the sender alone, a close too, unless its rights as an owner close others. */
  #isOwn({ ephemeral, effects }: Outcome, seat: TestSession): void {
    for (const { frame, to } of ephemeral) {
      if (to === undefined) assert.ok(!personal.has(frame.type))
      else if (frame.type !== 'signal') assert.equal(to, seat.id)
    }
    for (const effect of effects) {
      if (effect.do === 'close' && effect.session.id !== seat.id) assert.equal(effect.code, 'forbidden')
    }
  }

  /** A command that can be named is answered once under its id, and nothing else is. */
  #isAnsweredOnce(raw: string | ArrayBuffer, outcomes: readonly Outcome[], seat: TestSession): void {
    const isVerifying = outcomes.some(({ effects }) => effects.some(effect => effect.do === 'verifyToken'))
    if (seat.closed !== null || isVerifying) return
    const answers = outcomes.flatMap(({ response, ephemeral }) => [
      ...(response === null ? [] : [response]),
      ...ephemeral.filter(({ frame, to }) => to === seat.id && frame.type !== 'signal'),
    ])
    assert.ok(answers.length <= 1)
    const id = idIn(raw)
    if (id !== null) assert.equal(answers.length, 1, String(raw).slice(0, 300))
  }

  #letAgentsAnswer(): void {
    for (const call of this.#room.calls.splice(0)) {
      this.#room.turnProgressed(call, { type: 'delta', text: 'so be it' })
      this.#room.turnEnded(call, { type: 'answered', content: 'so be it', truncated: false })
    }
  }
}

function isRefusal({ response }: Outcome): boolean {
  return response?.type === 'error'
}

/** Whose doing an event is; what a room says of itself follows from somebody's command. */
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
    return null // no JSON, or no object
  }
}
