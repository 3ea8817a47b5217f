// `circles-rooms/yjs`: documents of circles as Yjs documents, for editors that have a binding for Yjs.

export type { Reason } from '../transport/connection.ts'
export { type DocumentOptions, DocumentProvider, type DocumentState, type OfflineStore } from './document-provider.ts'
