import type * as Y from 'yjs'
import type { Refusal } from '../protocol/errors.ts'
import type { DocumentContent, TextDifference } from '../rpc/document.ts'
import { proseAsMarkdown } from './prose.ts'
import { chooseRoot, type Root } from './roots.ts'

/** The content of a root, or of the only one; or the reason it cannot be said which. `bytes`: of the whole document. */
export function contentOf(doc: Y.Doc, name: string | undefined, bytes: number): DocumentContent | { refused: Refusal } {
  const root = chooseRoot(doc, name)
  return 'refused' in root ? root : { root: root.name, type: root.type, ...valueOfRoot(doc, root), bytes }
}

function valueOfRoot(doc: Y.Doc, { name, type }: Root): Pick<DocumentContent, 'text' | 'json'> {
  switch (type) {
    case 'text':
      return { text: doc.getText(name).toString() }
    case 'prose':
      return { text: proseAsMarkdown(doc.getXmlFragment(name)) }
    case 'array':
      return { json: doc.getArray(name).toJSON() }
    case 'map':
      return { json: doc.getMap(name).toJSON() }
    default:
      return type satisfies never
  }
}

/** A content as text, to be compared. */
export function textOf({ text, json }: DocumentContent): string {
  return text ?? JSON.stringify(json, null, 2)
}

/** The lines in which two texts differ; null: they are the same. */
export function differenceOf(before: string, after: string): TextDifference | null {
  if (before === after) return null
  const [one, other] = [before.split('\n'), after.split('\n')]
  const most = Math.min(one.length, other.length)
  let start = 0
  while (start < most && one[start] === other[start]) start++
  let end = 0
  while (end < most - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++
  return {
    line: start + 1,
    removed: one.slice(start, one.length - end),
    added: other.slice(start, other.length - end),
  }
}
