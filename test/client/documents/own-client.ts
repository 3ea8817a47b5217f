import { createClient } from '../../../src/client/create-client.ts'
import { DocumentProvider } from '../../../src/client/documents/document-provider.ts'
import { type ClientPlatform, defaultPlatform } from '../../../src/client/platform.ts'

/** Opens a document with our own provider, whose sockets are of a class of the test's. */
export function openOwn(
  { host, name, token }: { host: string; name: string; token: string },
  Socket: new (url: string, protocols: string[]) => ReturnType<ClientPlatform['socket']>,
  fetch: ClientPlatform['fetch'] = defaultPlatform().fetch,
): DocumentProvider {
  const platform = {
    ...defaultPlatform(),
    fetch,
    socket: (url: string, protocols: string[]) => new Socket(url, protocols),
  }
  return new DocumentProvider(createClient(`http://${host}`, { token: () => token, platform }), name)
}
