import { createDecoder, readVarInt, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding'
import {
  createEncoder,
  type Encoder,
  toUint8Array,
  writeUint8Array,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding'
import { type Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import { writeSyncStep1, writeSyncStep2, writeUpdate } from 'y-protocols/sync'
import type { Doc } from 'yjs'
import type { Reason } from '../transport/connection.ts'

const types = { sync: 0, awareness: 1, auth: 2, queryAwareness: 3, stateless: 5, syncStatus: 8 } as const
const syncTypes = { step1: 0, step2: 1, update: 2 } as const
const authenticated = 2

/** A message of the server. `status`: of one change of ours, or of our answer to its question. */
export type ServerMessage =
  | { type: 'question'; stateVector: Uint8Array }
  | { type: 'answer' | 'update'; update: Uint8Array }
  | { type: 'awareness'; update: Uint8Array }
  | { type: 'queryAwareness' | 'other' }
  | { type: 'scope'; mayWrite: boolean }
  | { type: 'status'; isSaved: boolean }
  | { type: 'refused'; reason: Reason }

/** Reads a message of the server; one that is not known is `other`. Throws if it cannot be read. */
export function readServerMessage(bytes: Uint8Array): ServerMessage {
  const decoder = createDecoder(bytes)
  switch (readVarUint(decoder)) {
    case types.sync: {
      const type = readVarUint(decoder)
      const content = readVarUint8Array(decoder)
      if (type === syncTypes.step1) return { type: 'question', stateVector: content }
      return { type: type === syncTypes.step2 ? 'answer' : 'update', update: content }
    }
    case types.awareness:
      return { type: 'awareness', update: readVarUint8Array(decoder) }
    case types.auth:
      return readVarUint(decoder) === authenticated
        ? { type: 'scope', mayWrite: readVarString(decoder) === 'read-write' }
        : { type: 'other' }
    case types.queryAwareness:
      return { type: 'queryAwareness' }
    case types.stateless:
      return readRefusal(readVarString(decoder))
    case types.syncStatus:
      return { type: 'status', isSaved: readVarInt(decoder) === 1 }
    default:
      return { type: 'other' }
  }
}

function readRefusal(text: string): ServerMessage {
  const { type, data }: { type?: unknown; data?: Partial<Reason> } = Object(JSON.parse(text))
  return type === 'error'
    ? { type: 'refused', reason: { code: `${data?.code}`, message: `${data?.message}` } }
    : { type: 'other' }
}

/** Asks the server for what this document lacks. */
export function question(doc: Doc): Uint8Array<ArrayBuffer> {
  return message(types.sync, encoder => writeSyncStep1(encoder, doc))
}

/** What the server lacks, which has this state. */
export function answer(doc: Doc, stateVector: Uint8Array): Uint8Array<ArrayBuffer> {
  return message(types.sync, encoder => writeSyncStep2(encoder, doc, stateVector))
}

/** A change of the document. */
export function updateMessage(update: Uint8Array): Uint8Array<ArrayBuffer> {
  return message(types.sync, encoder => writeUpdate(encoder, update))
}

/** States of clients without that of one, which alone says what it is; null: there are no others. */
export function withoutClient(update: Uint8Array, own: number): Uint8Array | null {
  const decoder = createDecoder(update)
  const others = createEncoder()
  let count = 0
  for (let left = readVarUint(decoder); left > 0; left--) {
    const [client, clock, state] = [readVarUint(decoder), readVarUint(decoder), readVarString(decoder)]
    if (client === own) continue
    count += 1
    writeVarUint(others, client)
    writeVarUint(others, clock)
    writeVarString(others, state)
  }
  if (count === 0) return null
  const encoder = createEncoder()
  writeVarUint(encoder, count)
  writeUint8Array(encoder, toUint8Array(others))
  return toUint8Array(encoder)
}

/** The state of this client. */
export function awarenessMessage(awareness: Awareness): Uint8Array<ArrayBuffer> {
  const update = encodeAwarenessUpdate(awareness, [awareness.clientID])
  return message(types.awareness, encoder => writeVarUint8Array(encoder, update))
}

function message(type: number, write: (encoder: Encoder) => void): Uint8Array<ArrayBuffer> {
  const inner = createEncoder()
  write(inner)
  const encoder = createEncoder()
  writeVarUint(encoder, type)
  writeUint8Array(encoder, toUint8Array(inner))
  return toUint8Array(encoder)
}
