import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import * as Y from 'yjs'
import { eventually } from '../../support/eventually.ts'
import type { ExampleSite } from '../example-site.ts'
import type { TextEditor } from './text-editors.ts'

/** What a document's root is: of an editor of text, or the elements of a drawing. */
export type RootType = TextEditor['type'] | 'drawing'

/** What a page has of its document, as JSON. */
export async function contentInPage(page: Page, type: RootType): Promise<unknown> {
  const bytes = await page.evaluate(() => Array.from((globalThis as unknown as { state(): Uint8Array }).state()))
  return contentOf(Uint8Array.from(bytes), type)
}

/** Waits until a page has what the server has. An editor may change its document by itself, so both are read each time. */
export async function sameOnServer({ server }: ExampleSite, page: Page, name: string, type: RootType): Promise<void> {
  await eventually(async () => {
    const there = await contentOnServer(server.url, `plans/${name}`, type)
    expect(await contentInPage(page, type)).toEqual(there)
  })
}

/** What the server has of a document, as JSON. */
async function contentOnServer(url: string, document: string, type: RootType): Promise<unknown> {
  const response = await fetch(`${url}/api/documents/${document}/export?name=Eve`)
  if (!response.ok) throw new Error(`expected the document, got ${response.status} ${await response.text()}`)
  return contentOf(new Uint8Array(await response.arrayBuffer()), type)
}

function contentOf(update: Uint8Array, type: RootType): unknown {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, update)
  return jsonOf(rootOf(doc, type))
}

function rootOf(doc: Y.Doc, type: RootType): Shared {
  switch (type) {
    case 'text':
      return doc.getText('content')
    case 'prose':
      return doc.getXmlFragment('content')
    case 'lexical':
      return doc.get('content', Y.XmlText)
    case 'drawing':
      return doc.getMap('elements')
    default:
      return type satisfies never
  }
}

// biome-ignore lint/suspicious/noExplicitAny: any shared type, whatever its events
type Shared = Y.AbstractType<any>

const jsonValue = (value: unknown): unknown => (value instanceof Y.AbstractType ? jsonOf(value) : value)

function jsonOf(type: Shared): unknown {
  if (type instanceof Y.XmlElement)
    return { name: type.nodeName, attributes: type.getAttributes(), children: type.toArray().map(jsonValue) }
  if (type instanceof Y.XmlFragment) return type.toArray().map(jsonValue)
  if (type instanceof Y.Text) {
    const delta = type.toDelta() as { insert: unknown; attributes?: object }[]
    return { attributes: type.getAttributes(), delta: delta.map(part => ({ ...part, insert: jsonValue(part.insert) })) }
  }
  return type.toJSON()
}
