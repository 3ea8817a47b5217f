import type { Awareness } from 'y-protocols/awareness'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

/** Who somebody is to the others. */
export type User = { name: string; color: string; colorLight: string }

/** A document that is open: what editors' bindings take. */
export type OpenDocument = { doc: Y.Doc; provider: WebsocketProvider; awareness: Awareness; user: User }

const colors = ['#2a57c5', '#b02a21', '#1d6f39', '#8a4b08']

/** Opens the document that the address names, `?document=plans/draft&name=Ada`, over y-websocket; `connect`: at once. */
export function openDocument(editor: string, { connect = true } = {}): OpenDocument {
  const query = new URLSearchParams(location.search)
  const name = query.get('name') ?? 'Somebody'
  const doc = new Y.Doc()
  const address = `${location.origin.replace(/^http/, 'ws')}/ws/documents`
  const document = query.get('document') ?? `plans/${editor}`
  const provider = new WebsocketProvider(address, document, doc, { params: { name }, connect })
  const color = colors[doc.clientID % colors.length] ?? '#000'
  const user = { name, color, colorLight: `${color}33` }
  provider.awareness.setLocalStateField('user', user)
  showStatus(provider)
  // For whoever looks at the document in the console of the browser.
  Object.assign(globalThis, { doc, state: () => Y.encodeStateAsUpdate(doc) })
  return { doc, provider, awareness: provider.awareness, user }
}

/** Where an editor goes in the page. */
export function mainElement(): HTMLElement {
  const main = document.querySelector('main')
  if (main === null) throw new Error('expected a main element in the page')
  return main
}

function showStatus(provider: WebsocketProvider): void {
  const output = document.querySelector('output')
  if (output === null) return
  const show = (): void => {
    output.textContent = provider.synced ? 'Connected' : 'Not connected'
  }
  provider.on('sync', show)
  provider.on('status', show)
  show()
}
