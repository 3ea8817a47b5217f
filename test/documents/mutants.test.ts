import { afterEach, expect, test, vi } from 'vitest'
import { AwarenessTable } from '../../src/documents/awareness.ts'
import { DocumentSync } from '../../src/documents/document-sync.ts'
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
