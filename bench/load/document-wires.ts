import { createEncoder, toUint8Array, writeUint8Array, writeVarString, writeVarUint } from 'lib0/encoding'
import { mint } from './token.ts'

/** How clients of a server of documents reach one, and what its messages of y-protocols are wrapped in. */
export type DocumentWire = {
  upgrade(document: string, user: string): { path: string; headers?: Record<string, string> }
  greeting?(document: string): Uint8Array
  wrap(message: Uint8Array, document: string): Uint8Array
  unwrap(frame: Uint8Array): Uint8Array
  /** Says a message that something of the client was not taken? */
  isRefusal(message: Uint8Array): boolean
}

const auth = 2 // the type of messages about rights

const bare = {
  wrap: (message: Uint8Array) => message,
  unwrap: (frame: Uint8Array) => frame,
  isRefusal: (message: Uint8Array) => message[0] === auth,
}

function named(document: string, message: Uint8Array): Uint8Array {
  const encoder = createEncoder()
  writeVarString(encoder, document)
  writeUint8Array(encoder, message)
  return toUint8Array(encoder)
}

/** The message of Hocuspocus that brings a token. */
function token(): Uint8Array {
  const encoder = createEncoder()
  writeVarUint(encoder, auth)
  writeVarUint(encoder, 0)
  writeVarString(encoder, 'none')
  return toUint8Array(encoder)
}

/** The servers of documents, by the name of the subject. */
export const documentWires: ReadonlyMap<string, DocumentWire> = new Map<string, DocumentWire>([
  [
    'circles',
    {
      ...bare,
      upgrade: (document, user) => ({
        path: `/ws/documents/bench/${document}`,
        headers: { Authorization: `Bearer ${mint(user)}` },
      }),
    },
  ],
  ['y-partyserver', { ...bare, upgrade: document => ({ path: `/peers/rooms/${document}` }) }],
  [
    'hocuspocus',
    {
      upgrade: () => ({ path: '/' }),
      greeting: document => named(document, token()),
      wrap: (message, document) => named(document, message),
      unwrap: frame => frame.subarray(1 + (frame[0] ?? 0)), // names are shorter than 128 bytes
      isRefusal: message => message[0] === auth && message[1] === 1,
    },
  ],
])
