import type { RoomContext } from '../rooms/context.ts'
import type { DocumentPorts } from './document-ports.ts'
import type { ProgramCursors } from './program-cursors.ts'
import type { StoredDocument } from './stored-document.ts'

/** What requests work on. */
export type RequestParts = {
  context: RoomContext
  stored: StoredDocument
  ports: DocumentPorts
  cursors: ProgramCursors
}
