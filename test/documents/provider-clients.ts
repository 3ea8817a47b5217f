import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider'
import YProvider from 'y-partyserver/provider'
import type { Awareness } from 'y-protocols/awareness'
import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

/** A published provider with a document of its own, whose connection a test can cut. */
export type ProviderClient = {
  doc: Y.Doc
  awareness: Awareness
  isSynced(): boolean
  cut(): void // the network ends, without a close frame
  destroy(): void
}

/** How a client is made: its server (`127.0.0.1:8000`), the document (`dev/plan`) and a token. */
type ClientOptions = { host: string; name: string; token: string }

/** Makes a class of WebSockets, whose last instance `cut` ends without a close frame; `fetch` goes to the same server. */
export type Network = () => { Recorded: never; cut(): void; fetch?: typeof fetch }

function yWebsocket({ host, name, token }: ClientOptions, network: Network): ProviderClient {
  const { Recorded, cut } = network()
  const doc = new Y.Doc()
  const provider = new WebsocketProvider(`ws://${host}/ws/documents`, name, doc, {
    WebSocketPolyfill: Recorded,
    params: { token },
    disableBc: true,
  })
  return { doc, awareness: provider.awareness, isSynced: () => provider.synced, cut, destroy: () => provider.destroy() }
}

function hocuspocus({ host, name, token }: ClientOptions, network: Network): ProviderClient {
  const { Recorded, cut } = network()
  const doc = new Y.Doc()
  const socket = new HocuspocusProviderWebsocket({
    url: `ws://${host}/hocuspocus/${name}`,
    WebSocketPolyfill: Recorded,
    delay: 200,
    minDelay: 100,
    maxDelay: 500,
  })
  const provider = new HocuspocusProvider({ websocketProvider: socket, name, document: doc, token })
  provider.attach()
  const { awareness } = provider
  if (awareness === null) throw new Error('expected awareness')
  const destroy = () => {
    provider.destroy()
    socket.destroy()
  }
  return { doc, awareness, isSynced: () => provider.synced && !provider.hasUnsyncedChanges, cut, destroy }
}

function yPartyserver({ host, name, token }: ClientOptions, network: Network): ProviderClient {
  const { Recorded, cut } = network()
  const doc = new Y.Doc()
  const provider = new YProvider(host, name, doc, {
    party: 'document',
    WebSocketPolyfill: Recorded,
    params: { token },
    disableBc: true,
  })
  return { doc, awareness: provider.awareness, isSynced: () => provider.synced, cut, destroy: () => provider.destroy() }
}

type OwnProvider = {
  doc: Y.Doc
  awareness: Awareness
  state: { isSynced: boolean; isSaved: boolean }
  destroy(): void
}

// Its types are those of browsers.
const ownFile: string = '../client/documents/own-client.ts'
const { openOwn }: { openOwn(options: ClientOptions, Socket: never, send: typeof fetch | undefined): OwnProvider } =
  await import(ownFile)

function own(options: ClientOptions, network: Network): ProviderClient {
  const { Recorded, cut, fetch } = network()
  const provider = openOwn(options, Recorded, fetch)
  const { doc, awareness } = provider
  const isSynced = () => provider.state.isSynced && provider.state.isSaved
  return { doc, awareness, isSynced, cut, destroy: () => provider.destroy() }
}

/** The published providers, by name, and our own. */
export const providers = {
  'y-websocket': yWebsocket,
  '@hocuspocus/provider': hocuspocus,
  'y-partyserver': yPartyserver,
  'circles-rooms/yjs': own,
}
