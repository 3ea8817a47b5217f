import { createDecoder, type Decoder, readVarString, readVarUint, readVarUint8Array } from 'lib0/decoding'
import {
  createEncoder,
  type Encoder,
  toUint8Array,
  writeVarInt,
  writeVarString,
  writeVarUint,
  writeVarUint8Array,
} from 'lib0/encoding'
import type { AwarenessEntry } from './awareness.ts'

// The messages of y-protocols, and those that Hocuspocus has beside them. test/documents/messages.test.ts compares them
// with the packages' own.

const types = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  stateless: 5,
  close: 7,
  syncStatus: 8,
  pong: 10,
} as const
const syncTypes = { step1: 0, step2: 1, update: 2 } as const
const authTypes = { token: 0, permissionDenied: 1, authenticated: 2 } as const
const permissionDenied = 0 // of y-protocols/auth, whose numbers are others

/** A message that a client sent. `other`: one that asks for nothing. */
export type DocumentMessage =
  | { type: 'step1'; stateVector: Uint8Array }
  | { type: 'step2' | 'update'; update: Uint8Array }
  | { type: 'awareness'; entries: AwarenessEntry[] }
  | { type: 'queryAwareness' | 'leave' | 'other' }
  | { type: 'token'; token: string }

/** Reads a message; null: it cannot be read. */
export function readMessage(bytes: Uint8Array): DocumentMessage | null {
  try {
    return read(createDecoder(bytes))
  } catch {
    return null // the decoder throws at the end of what is too short
  }
}

function read(decoder: Decoder): DocumentMessage | null {
  switch (readVarUint(decoder)) {
    case types.sync:
      return readSync(decoder)
    case types.awareness:
      return { type: 'awareness', entries: readAwareness(readVarUint8Array(decoder)) }
    case types.queryAwareness:
      return { type: 'queryAwareness' }
    case types.auth:
      return readVarUint(decoder) === authTypes.token ? { type: 'token', token: readVarString(decoder) } : null
    case types.close:
      return { type: 'leave' }
    case types.stateless:
    case types.pong:
      return { type: 'other' }
    default:
      return null
  }
}

function readSync(decoder: Decoder): DocumentMessage | null {
  switch (readVarUint(decoder)) {
    case syncTypes.step1:
      return { type: 'step1', stateVector: readVarUint8Array(decoder) }
    case syncTypes.step2:
      return { type: 'step2', update: readVarUint8Array(decoder) }
    case syncTypes.update:
      return { type: 'update', update: readVarUint8Array(decoder) }
    default:
      return null
  }
}

const entriesAtMost = 1_000

function readAwareness(bytes: Uint8Array): AwarenessEntry[] {
  const decoder = createDecoder(bytes)
  const count = readVarUint(decoder)
  if (count > entriesAtMost) throw new Error(`expected at most ${entriesAtMost} clients, got ${count}`)
  return Array.from({ length: count }, () => {
    const client = readVarUint(decoder)
    const clock = readVarUint(decoder)
    const state: unknown = JSON.parse(readVarString(decoder))
    return { client, clock, state: JSON.stringify(state) }
  })
}

/** Asks a client for what it has beyond this state. */
export function step1(stateVector: Uint8Array): Uint8Array {
  return message(types.sync, encoder => {
    writeVarUint(encoder, syncTypes.step1)
    writeVarUint8Array(encoder, stateVector)
  })
}

/** Answers a client's step 1. */
export function step2(update: Uint8Array): Uint8Array {
  return message(types.sync, encoder => {
    writeVarUint(encoder, syncTypes.step2)
    writeVarUint8Array(encoder, update)
  })
}

/** A change of the document. */
export function updateMessage(update: Uint8Array): Uint8Array {
  return message(types.sync, encoder => {
    writeVarUint(encoder, syncTypes.update)
    writeVarUint8Array(encoder, update)
  })
}

/** The states of clients. */
export function awarenessMessage(entries: readonly AwarenessEntry[]): Uint8Array {
  const inner = createEncoder()
  writeVarUint(inner, entries.length)
  for (const { client, clock, state } of entries) {
    writeVarUint(inner, client)
    writeVarUint(inner, clock)
    writeVarString(inner, state)
  }
  return message(types.awareness, encoder => writeVarUint8Array(encoder, toUint8Array(inner)))
}

/** Asks a client for the states it knows. */
export function queryAwareness(): Uint8Array {
  return message(types.queryAwareness, () => {})
}

/** Tells a client of y-protocols why something of it was refused. */
export function permissionDeniedMessage(reason: string): Uint8Array {
  return message(types.auth, encoder => {
    writeVarUint(encoder, permissionDenied)
    writeVarString(encoder, reason)
  })
}

/** Tells a client of Hocuspocus what it may do here. */
export function authenticatedMessage(scope: 'read-write' | 'readonly'): Uint8Array {
  return message(types.auth, encoder => {
    writeVarUint(encoder, authTypes.authenticated)
    writeVarString(encoder, scope)
  })
}

/** Says what became of one change of a client: it is stored, or it was refused. */
export function syncStatus(isStored: boolean): Uint8Array {
  return message(types.syncStatus, encoder => writeVarInt(encoder, isStored ? 1 : 0))
}

/** A text for the program that uses the client. */
export function stateless(payload: string): Uint8Array {
  return message(types.stateless, encoder => writeVarString(encoder, payload))
}

function message(type: number, write: (encoder: Encoder) => void): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, type)
  write(encoder)
  return toUint8Array(encoder)
}
