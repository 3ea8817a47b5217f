import { describe, expect, test } from 'vitest'
import type { AdminResult } from '../../src/rpc/channel.ts'
import type { DocumentRequest } from '../../src/rpc/document.ts'
import type { TestSession } from '../../src/testing/test-session.ts'
import { DocumentRoom } from './document-room.ts'
import { Replica } from './replica.ts'

const sync = 0
const awareness = 1

/** Ada, Bob and Cai write; the others have the document open, and only look. */
class Scene {
  readonly room = new DocumentRoom()
  readonly writers = ['ada', 'bob', 'cai'].map((name, index) => new Replica(this.room, name, 'yjs', index + 1))
  readonly onlooker: TestSession

  constructor(people: number) {
    for (const one of this.writers) one.connect()
    for (let round = 0; round < 3; round++) for (const one of this.writers) one.settle()
    const others = Array.from({ length: people - this.writers.length }, (_, index) =>
      this.room.open(`other${index}`, { dialect: 'yjs' }),
    )
    this.onlooker = others.at(-1) as TestSession
    this.room.advance(1_000)
    this.room.take(this.onlooker)
  }

  /** Somebody writes; their frame arrives. */
  write(index: number, text: string): void {
    const writer = this.writers[index] as Replica
    writer.text.insert(writer.text.length, text)
    writer.upload()
  }

  /** The types of the frames that somebody who only looks was sent since the last call. */
  seen(): number[] {
    return this.room.take(this.onlooker).map(frame => (frame as unknown as Uint8Array)[0] ?? -1)
  }

  get text(): string {
    return this.room.document.doc.getText('content').toString()
  }

  /** Everybody has what the document has. */
  expectAgreed(): void {
    for (let round = 0; round < 3; round++) for (const one of this.writers) one.settle()
    for (const { text } of this.writers) expect(text.toString()).toBe(this.text)
  }
}

test('[Y2] among few people each edit is told at once', () => {
  const scene = new Scene(9)
  for (const text of ['one ', 'two ', 'three']) {
    scene.write(0, text)
    expect(scene.seen()).toEqual([sync])
  }
  expect(scene.room.sync.nextTick()).toBe(scene.room.now + 1_000) // only to store the rest
  scene.expectAgreed()
})

test('a timer that was set for something else does not end the wait, and nobody waits for a commit', () => {
  const scene = new Scene(100)
  expect(scene.room.room.context.components.gathers).toBe(true)
  expect(new Scene(9).room.room.context.components.gathers).toBe(false)
  scene.write(0, 'one ')
  scene.write(1, 'two')
  scene.seen()
  scene.room.step(room => room.tick(scene.room.now + 10))
  expect(scene.seen()).toEqual([])
  scene.room.advance(20)
  expect(scene.seen()).toEqual([sync])
})

describe('[Y2] among many', () => {
  test('an edit is sent at once, and those that follow it within moments are one frame', () => {
    const scene = new Scene(100)
    scene.write(0, 'one ')
    expect(scene.seen()).toEqual([sync])
    for (const [index, text] of ['two ', 'three ', 'four '].entries()) scene.write(index, text)
    expect(scene.seen()).toEqual([])
    scene.room.advance(20)
    expect(scene.seen()).toEqual([sync])
    scene.expectAgreed()
    for (const word of ['one', 'two', 'three', 'four']) expect(scene.text).toContain(word)
    for (const text of ['five ', 'six ', 'seven ', 'eight']) scene.write(1, text)
    expect(scene.seen()).toEqual([])
    scene.room.advance(20)
    expect(scene.seen()).toEqual([sync])
    scene.room.advance(20)
    scene.write(0, 'alone')
    expect(scene.seen()).toEqual([sync])
    scene.expectAgreed()
  })

  test('what waits is there for whoever asks, comes in and leaves', () => {
    const scene = new Scene(100)
    const { room } = scene
    scene.write(0, 'first, ')
    scene.seen()
    scene.write(1, 'asked for, ')
    expect(ask(room, { do: 'read' })).toMatchObject({ value: { text: scene.text } })
    expect(scene.text).toContain('asked for')
    expect(scene.seen()).toEqual([sync])

    scene.write(2, 'before a newcomer, ')
    const newcomer = new Replica(room, 'dan', 'yjs', 9)
    newcomer.connect()
    newcomer.settle()
    expect(newcomer.text.toString()).toContain('before a newcomer')

    scene.write(1, 'and goes')
    scene.writers[1]?.cut()
    expect(scene.text).toContain('and goes')
    room.advance(1_000)
    expect(new DocumentRoom({ sql: room.sql }).document.doc.getText('content').toString()).toBe(scene.text)
  })

  test('it may not sleep on what waits, and a large paste does not wait', () => {
    const scene = new Scene(100)
    scene.write(0, 'one ')
    scene.room.advance(1_000)
    scene.write(0, 'two ')
    scene.write(1, 'three')
    expect(scene.room.sync.nextTick()).toBe(scene.room.now + 20)
    scene.seen()
    scene.write(2, 'x'.repeat(70_000))
    expect(scene.seen()).toEqual([sync])
    scene.expectAgreed()
  })

  test('what is refused says so, and the others are told the rest', () => {
    const scene = new Scene(100)
    const { room } = scene
    scene.write(0, 'one ')
    scene.seen()
    room.rights('bob', 'reader')
    scene.write(1, 'refused ')
    scene.write(2, 'taken')
    room.advance(20)
    expect(scene.seen()).toContain(sync)
    expect(scene.text).toMatch(/one|taken/)
    expect(scene.text).not.toContain('refused')
    scene.writers[1]?.download()
    expect(scene.writers[1]?.refusals).toEqual(['read_only'])
  })

  test('cursors that move within moments are one frame, and nobody is told a state of their own that they did not send', () => {
    const scene = new Scene(100)
    for (const [move, index] of [0, 1, 2, 1].entries()) {
      const one = scene.writers[index] as Replica
      one.awareness.setLocalState({ name: one.name, at: move })
      one.upload()
      expect(scene.seen()).toEqual(move === 0 ? [awareness] : [])
    }
    scene.room.advance(20)
    expect(scene.seen()).toEqual([awareness])
    for (const one of scene.writers) {
      const clock = one.awareness.meta.get(one.doc.clientID)?.clock
      one.download()
      expect(one.awareness.meta.get(one.doc.clientID)?.clock).toBe(clock)
      const states = scene.writers.map(({ doc }) => one.awareness.getStates().get(doc.clientID))
      expect(states.map(state => state?.at)).toEqual([0, 3, 2])
    }
  })

  test('what a program edits while something waits, everybody is told, also who wrote last', () => {
    const scene = new Scene(100)
    scene.write(0, 'Monday')
    scene.seen()
    scene.write(0, ', noon')
    ask(scene.room, { do: 'edit', edits: [{ old: 'Monday', new: 'Friday' }] })
    expect(scene.seen()).toContain(sync)
    expect(scene.text).toBe('Friday, noon')
    scene.expectAgreed()
  })

  test('what waits when the circle turns out to be another one is not merged into the new document', () => {
    const scene = new Scene(100)
    ask(scene.room, { do: 'read' }, 'first')
    scene.write(0, 'secret ')
    scene.write(1, 'of the first circle')
    ask(scene.room, { do: 'read' }, 'second')
    scene.room.advance(2_000)
    expect(scene.text).toBe('')
  })
})

function ask(room: DocumentRoom, request: DocumentRequest, within?: string): unknown {
  const session = room.callerSession('eve', 'member')
  if (within !== undefined) session.principal = { ...session.principal, within }
  return room.stepWithResult<AdminResult>(one =>
    one.handleAdmin(session, { do: 'component', name: 'document', request }, room.now),
  )
}
