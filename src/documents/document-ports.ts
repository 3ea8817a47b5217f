import type { Principal } from '../auth/principal.ts'

/** What a document needs of its object: to ask its circle for rights, and to tell it that it is gone. */
export type DocumentPorts = { askRights(principals: readonly Principal[]): void; gone(): void }
