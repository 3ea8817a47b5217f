import type { ComponentDefinition } from '../rooms/tables.ts'
import type { DocumentPorts } from './document-ports.ts'
import { DocumentSync } from './document-sync.ts'
import { keptEditMigration } from './kept-edits.ts'
import { suggestionMigration, suggestionNumberMigration } from './suggestions.ts'
import { headMigration, tailMigration, updateLogMigration } from './update-log.ts'
import { versionMigration } from './versions.ts'

/** The migrations of a document's tables. They are only ever appended to. */
const migrations = [
  updateLogMigration,
  versionMigration,
  suggestionMigration,
  keptEditMigration,
  suggestionNumberMigration,
  headMigration,
  tailMigration,
]

/** The component that makes a room a document. */
export function documentComponent(ports: DocumentPorts): ComponentDefinition {
  let opened = 0
  return {
    name: 'document',
    migrations,
    create: (context, changed) => new DocumentSync(context, { ...ports, isReopened: opened++ > 0 }, changed),
  }
}
