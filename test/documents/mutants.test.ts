import { afterEach, expect, test, vi } from 'vitest'
import * as Y from 'yjs'
import { AwarenessTable } from '../../src/documents/awareness.ts'
import { DocumentSync } from '../../src/documents/document-sync.ts'
import { Gathering } from '../../src/documents/gathering.ts'
import { UpdateLog } from '../../src/documents/update-log.ts'
import { DocumentSchedule } from './document-schedule.ts'

// The generated schedules are worth what they notice: each of these faults is one that was, or could be, in the code.

afterEach(() => void vi.restoreAllMocks())

const seeds = 40

/** The first seed whose run fails, or null. */
function firstFailure(isAtomic = true): number | null {
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      new DocumentSchedule(seed, { isAtomic }).run(80)
    } catch {
      return seed
    }
  }
  return null
}

test('a document that sleeps before it has stored what it has is noticed', () => {
  vi.spyOn(DocumentSync.prototype, 'nextTick').mockReturnValue(null)
  expect(firstFailure()).not.toBeNull()
})

test('a compaction that is no transaction is noticed', () => {
  expect(firstFailure(false)).not.toBeNull()
})

test('cursors that are kept when their session is gone are noticed', () => {
  vi.spyOn(AwarenessTable.prototype, 'leave').mockReturnValue([])
  expect(firstFailure()).not.toBeNull()
})

test('a tail that is not stored is noticed', () => {
  vi.spyOn(UpdateLog.prototype, 'replaceTail').mockReturnValue()
  expect(firstFailure()).not.toBeNull()
})

test('a tail that begins later than the snapshot ends is noticed', () => {
  const { tailFrom } = Object.getOwnPropertyDescriptors(UpdateLog.prototype)
  vi.spyOn(UpdateLog.prototype, 'tailFrom', 'get').mockImplementation(function (this: UpdateLog) {
    const vector = tailFrom.get?.call(this)
    if (vector == null) return null
    const clocks = Y.decodeStateVector(vector)
    return Y.encodeStateVector(new Map([...clocks].map(([client, clock]) => [client, clock + 1])))
  })
  expect(firstFailure()).not.toBeNull()
})

test('edits that wait for others and are lost when their session leaves are noticed', () => {
  const { take } = Gathering.prototype
  const spied = vi.spyOn(Gathering.prototype, 'take')
  const { onLeave } = DocumentSync.prototype
  vi.spyOn(DocumentSync.prototype, 'onLeave').mockImplementation(function (this: DocumentSync, ...about) {
    spied.mockImplementationOnce(function (this: Gathering) {
      take.call(this)
      return []
    })
    return onLeave.apply(this, about)
  })
  expect(firstFailure()).not.toBeNull()
})
