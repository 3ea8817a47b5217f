import type { DialectName } from '../protocol/dialects/index.ts'
import type { Refusal } from '../protocol/errors.ts'
import { permissionDeniedMessage, stateless } from './messages.ts'

/** What the clients of a dialect are told beside the document itself. */
export type Door = {
  tellsSaved: boolean // each of its changes is answered once it is stored, or was refused
  tellsScope: boolean // whether it may write
  beginsAtOnce: boolean // it takes step 1 before it has sent its own
  refusal(refusal: Refusal): Uint8Array
}

const asStateless = (refusal: Refusal) => stateless(JSON.stringify({ type: 'error', data: refusal }))

const yjs: Door = {
  tellsSaved: false,
  tellsScope: false,
  beginsAtOnce: true,
  refusal: ({ code, message }) => permissionDeniedMessage(`${code}: ${message}`),
}
const hocuspocus: Door = { tellsSaved: true, tellsScope: true, beginsAtOnce: false, refusal: asStateless }
const documents: Door = { tellsSaved: true, tellsScope: true, beginsAtOnce: true, refusal: asStateless }

/** The doors into a document, by dialect. */
export const doors: ReadonlyMap<DialectName, Door> = new Map([
  ['yjs', yjs],
  ['hocuspocus', hocuspocus],
  ['documents', documents],
])

/** The door of a session. Others than those of documents are told nothing. */
export function doorOf(dialect: DialectName): Door {
  return doors.get(dialect) ?? yjs
}
