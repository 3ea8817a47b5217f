import type { Principal } from '../auth/principal.ts'
import type { Editor } from './editors.ts'

/** What a document needs of its object: to ask its circle for rights, and to tell it who edits, and that it is gone. */
export type DocumentPorts = {
  askRights(principals: readonly Principal[]): void
  edited(editors: readonly Editor[]): void
  gone(): void
}

/** `isReopened`: the room was opened before in this object, so what was not saved then is lost: everybody begins anew. */
export type SyncPorts = DocumentPorts & { isReopened: boolean }
