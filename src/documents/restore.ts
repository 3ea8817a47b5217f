import * as Y from 'yjs'
import { rootsOf } from './roots.ts'

const since = Symbol('what was done since')

/**
 * The update that makes a document what it was: what was done since is undone, as an edit of its own that everybody
 * receives. Nothing is taken out of the history.
 */
export function restoringUpdate(doc: Y.Doc, state: Uint8Array): Uint8Array {
  const then = new Y.Doc()
  Y.applyUpdate(then, state)
  const names = new Map([...rootsOf(doc), ...rootsOf(then)].map(root => [root.name, root]))
  const undo = new Y.UndoManager(
    [...names.values()].map(root => typed(then, root)),
    { trackedOrigins: new Set([since]) },
  )
  Y.applyUpdate(then, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(then)), since)
  undo.undo()
  const update = Y.encodeStateAsUpdate(then, Y.encodeStateVector(doc))
  undo.destroy()
  then.destroy()
  return update
}

function typed(doc: Y.Doc, { name, type }: ReturnType<typeof rootsOf>[number]): Y.AbstractType<unknown> {
  switch (type) {
    case 'text':
      return doc.getText(name) as Y.AbstractType<unknown>
    case 'prose':
      return doc.getXmlFragment(name) as Y.AbstractType<unknown>
    case 'array':
      return doc.getArray(name) as Y.AbstractType<unknown>
    case 'map':
      return doc.getMap(name) as Y.AbstractType<unknown>
    default:
      return type satisfies never
  }
}
