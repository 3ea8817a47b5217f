import type { ComponentPorts } from '../rooms/object/components.ts'
import { nothing } from '../rooms/outcome.ts'
import type { ComponentDefinition } from '../rooms/tables.ts'
import { askDocument, removeDocument, tellRights } from './calls.ts'
import { CircleDocuments, circleDocumentMigrations } from './circle-documents.ts'

/** What makes circles have documents: the feature `documents` of `defineCircle`. */
export function circleDocuments({ env, name: circle, background, runIfExists }: ComponentPorts): ComponentDefinition {
  const tell = async (document: string, change: number) => {
    const open = await tellRights(env, circle, document).catch(() => null) // it is told again
    runIfExists((room, now) =>
      room.run(({ components }) => {
        components.get(CircleDocuments).finished(document, change, open, now)
        return nothing
      }, now),
    )
  }
  return {
    name: 'documents',
    migrations: circleDocumentMigrations,
    create: (context, changed) =>
      new CircleDocuments(
        context,
        {
          tell: (document, change) => background.run(tell(document, change)),
          ask: (document, principal, request) => askDocument(env, { circle, document }, principal, request),
          remove: names => background.run(Promise.all(names.map(name => removeDocument(env, circle, name)))),
        },
        changed,
      ),
  }
}
