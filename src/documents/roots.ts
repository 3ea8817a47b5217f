import * as Y from 'yjs'
import type { Refusal } from '../protocol/errors.ts'
import { refusal } from '../rooms/outcome.ts'
import type { RootType } from '../rpc/document.ts'

/** A root of a document: a shared type that has a name. */
export type Root = { name: string; type: RootType }

/** The root of a document in which nobody has written yet, which is a text. */
export const defaultRoot = 'content'

type AnyType = Y.Doc['share'] extends Map<string, infer Type> ? Type : never

const contentRef = { json: 2, string: 4, embed: 5, format: 6, type: 7, any: 8 } as const

/** The roots that hold anything. */
export function rootsOf(doc: Y.Doc): Root[] {
  return [...doc.share].flatMap(([name, root]) => {
    const type = typeOf(root)
    return type === null ? [] : [{ name, type }]
  })
}

/** The root of this name, or the only one that holds anything. */
export function chooseRoot(doc: Y.Doc, name: string | undefined): Root | { refused: Refusal } {
  const roots = rootsOf(doc)
  if (name !== undefined) return roots.find(root => root.name === name) ?? { name, type: 'text' }
  const [only, ...others] = roots
  if (only === undefined) return { name: defaultRoot, type: 'text' }
  if (others.length === 0) return only
  const list = roots.map(root => `${root.name} (${root.type})`).join(', ')
  return { refused: refusal('ambiguous_root', `This document has several roots, so name one: ${list}.`) }
}

/**
 * What a root holds, or null: nothing. A root that came by an update has no type until somebody asks for it as one, so it
 * is known by what is in it, deleted or not.
 */
function typeOf(root: AnyType): RootType | null {
  if (root._map.size > 0 && root._start === null) return 'map'
  for (let item = root._start; item !== null; item = item.right) {
    const type = typeOfContent(item)
    if (type !== null) return type
  }
  return null
}

function typeOfContent({ content }: Y.Item): RootType | null {
  switch (content.getRef()) {
    case contentRef.string:
    case contentRef.format:
    case contentRef.embed:
      return 'text'
    case contentRef.type:
      return isProse((content as Y.ContentType).type) ? 'prose' : 'array'
    case contentRef.any:
    case contentRef.json:
      return 'array'
    default:
      return null // deleted: nothing says what it was
  }
}

function isProse(type: AnyType): boolean {
  return type instanceof Y.XmlElement || type instanceof Y.XmlText
}
