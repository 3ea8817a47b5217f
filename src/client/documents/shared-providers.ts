import { sourceOf } from '../create-client.ts'
import { DocumentProvider, type OfflineStore } from './document-provider.ts'

type Shared = { provider: DocumentProvider; users: number; cancelTimer: () => void }

const lingerMs = 3_000 // so that a page that changes does not reconnect

/** The providers that hooks share, by client and name. */
export class SharedProviders {
  readonly #byClient = new WeakMap<object, Map<string, Shared>>()

  /** The provider of a document; a new one is not connected yet. */
  get(client: object, name: string, offline: OfflineStore | undefined): DocumentProvider {
    const all = this.#of(client)
    const key = name.toLowerCase()
    const known = all.get(key)
    if (known !== undefined) return known.provider
    const provider = new DocumentProvider(client, key, { connect: false, ...(offline && { offline }) })
    all.set(key, { provider, users: 0, cancelTimer: () => {} })
    return provider
  }

  /** Connects a provider while it is used; returns a function that ends the use. */
  use(client: object, provider: DocumentProvider): () => void {
    const shared = this.#of(client).get(provider.name)
    if (shared === undefined) return () => {}
    shared.users += 1
    shared.cancelTimer()
    if (shared.users === 1 && provider.state.status === 'idle') provider.connect()
    return () => {
      shared.users -= 1
      if (shared.users > 0) return
      shared.cancelTimer = sourceOf(client).platform.after(lingerMs, () => provider.disconnect())
    }
  }

  #of(client: object): Map<string, Shared> {
    const known = this.#byClient.get(client) ?? new Map<string, Shared>()
    this.#byClient.set(client, known)
    return known
  }
}
