import type { Decoded, Dialect } from './dialect.ts'

// The dialects of documents. What they carry is bytes, which a component of the room reads (src/documents); here is which of
// a session's rights and times follow from the dialect.

const common = {
  greets: false,
  receivesEphemeral: true,
  batches: false,
  queuesBursts: false,
  showsRetry: false,
  decode: (): Decoded => ({ nothing: true }), // text: a ping of y-partyserver, or a message of it that we have no use for
  encode: () => null, // nothing as text, which these clients would take for bytes
} as const

/** y-protocols, as y-websocket and y-partyserver speak them. */
export const yjs: Dialect = {
  ...common,
  name: 'yjs',
  subprotocol: null,
  authenticatesLater: false,
  heartbeats: false, // a provider may be silent for ever
  againAs: 'overloaded', // y-websocket never comes back after a close between 4400 and 4499
}

/** The same with the name of the document before each message, and the token in the first. */
export const hocuspocus: Dialect = {
  ...common,
  name: 'hocuspocus',
  subprotocol: null,
  authenticatesLater: true,
  heartbeats: false,
}

/** The dialect of our own provider, `circles-rooms/yjs`: it sends pings, and is told what is saved. */
export const documents: Dialect = {
  ...common,
  name: 'documents',
  subprotocol: 'circles.documents.v1',
  authenticatesLater: false,
  heartbeats: true,
}
