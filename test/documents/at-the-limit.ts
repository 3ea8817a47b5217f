// Fills a document up to its limit with what takes most memory, in a process of its own, and prints what it takes:
// node --expose-gc --max-old-space-size=128 test/documents/at-the-limit.ts
import * as Y from 'yjs'
import { SharedDocument } from '../../src/documents/shared-document.ts'
import { suggestionMigration } from '../../src/documents/suggestions.ts'
import { headMigration, tailMigration, updateLogMigration } from '../../src/documents/update-log.ts'
import { limits } from '../../src/protocol/limits.ts'
import { nodeSql } from '../../src/testing/node-sql.ts'
import { randomChoices } from '../../src/testing/random.ts'

const most = { bytes: limits.document_bytes, items: 250_000 }
const sql = nodeSql()
for (const statement of [...updateLogMigration, ...headMigration, ...tailMigration, ...suggestionMigration])
  sql.all(statement)

const state = filled()
const empty = heap()
const loaded = time(() => open())
const heapBytes = heap() - empty
const encoded = time(() => loaded.result.state)
const tail = time(() => loaded.result.compact())
sql.all(`DELETE FROM circles_document_heads`) // so that the snapshot is written anew
const compacted = time(() => loaded.result.compact())
const times = { loadMs: loaded.ms, encodeMs: encoded.ms, tailMs: tail.ms, compactMs: compacted.ms }
console.log(JSON.stringify({ bytes: state, heapBytes, ...times }))

/** Stores a document of letters in random places, until no more are taken; returns its bytes. */
function filled(): number {
  const choices = randomChoices(1)
  const document = open()
  const writer = new Y.Doc()
  const text = writer.getText('content')
  for (let isFull = false, now = 0; !isFull; now += 10_000) {
    const before = Y.encodeStateVector(writer)
    writer.transact(() => {
      for (let count = 0; count < 2_000; count++) text.insert(choices.roll(text.length + 1), 'x')
    })
    isFull = document.applyAll([Y.encodeStateAsUpdate(writer, before)], now)[0] === 'too_large'
    document.save()
  }
  document.compact()
  return document.state.byteLength
}

function open(): SharedDocument {
  const document = new SharedDocument(sql, most)
  document.doc.getText('content')
  return document
}

function time<Result>(work: () => Result): { result: Result; ms: number } {
  const start = performance.now()
  const result = work()
  return { result, ms: Math.round(performance.now() - start) }
}

function heap(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
