import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import { createClient } from '../../../src/client/create-client.ts'
import { useDocument } from '../../../src/client/documents/react.ts'
import { SharedProviders } from '../../../src/client/documents/shared-providers.ts'
import { CirclesProvider } from '../../../src/client/react.ts'
import { DocumentServer } from './document-server.ts'

function Plan() {
  const { doc, awareness, status, isSaved, unsynced, mayWrite } = useDocument('dev/plan')
  return (
    <p>
      {JSON.stringify([
        doc.getText('content').length,
        awareness.clientID === doc.clientID,
        status,
        isSaved,
        unsynced,
        mayWrite,
      ])}
    </p>
  )
}

test('on a server the hook renders an empty document, and opens no socket', async () => {
  const { platform, room } = await DocumentServer.start()
  const client = createClient('http://circles.test', { name: 'ada', platform })
  const html = renderToString(
    <CirclesProvider client={client}>
      <Plan />
    </CirclesProvider>,
  )
  expect(html).toBe('<p>[0,true,&quot;idle&quot;,true,0,null]</p>')
  await platform.advance(1_000)
  expect(room.maySleep).toBe(true)
})

test('components that use the same document share it; it disconnects 3 s after the last of them', async () => {
  const server = await DocumentServer.start()
  const client = createClient('http://circles.test', { name: 'ada', platform: server.platform })
  const providers = new SharedProviders()
  const provider = providers.get(client, 'Dev/Plan', undefined)
  expect(providers.get(client, 'dev/plan', undefined)).toBe(provider)
  const stops = [providers.use(client, provider), providers.use(client, provider)]
  await server.advance(100)
  for (const stop of stops) stop()
  await server.advance(2_000)
  expect(provider.state.status).toBe('connected')
  const stop = providers.use(client, provider)
  await server.advance(5_000)
  expect(provider.state.status).toBe('connected')
  stop()
  await server.advance(3_100)
  expect(provider.state.status).toBe('idle')
  providers.use(client, provider)
  await server.advance(1_000)
  expect(provider.state.status).toBe('connected')
})
