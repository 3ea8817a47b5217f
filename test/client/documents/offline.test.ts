import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { IndexeddbPersistence } from 'y-indexeddb'
import { createClient } from '../../../src/client/create-client.ts'
import { DocumentProvider } from '../../../src/client/documents/document-provider.ts'
import { eventually } from '../../support/eventually.ts'
import { DocumentServer } from './document-server.ts'

// The store is y-indexeddb itself, on IndexedDB in memory, which has a time of its own.

function open(server: DocumentServer, userKey = 'ada'): DocumentProvider {
  const client = createClient('http://circles.test', { name: 'ada', userKey, platform: server.platform })
  return new DocumentProvider(client, 'dev/plan', { offline: IndexeddbPersistence })
}

const textOf = ({ doc }: DocumentProvider) => doc.getText('content').toString()

test('what was written offline is there after the page was closed, is sent later, and is nobody else’s', async () => {
  const server = await DocumentServer.start()
  const first = open(server)
  await server.advance(100)
  first.doc.getText('content').insert(0, 'online')
  await server.advance(1_500)
  first.disconnect()
  first.doc.getText('content').insert(6, ', offline')
  expect(first.state.unsynced).toBe(1)
  await eventually(async () => {
    const check = open(server)
    await eventually(() => expect(textOf(check)).toBe('online, offline'))
    check.destroy()
  })
  first.destroy()

  const other = open(server, 'somebody-else')
  await server.advance(3_000)
  expect(textOf(other)).toBe('online')

  const again = open(server)
  await eventually(() => expect(textOf(again)).toBe('online, offline'))
  expect(again.state.isSaved).toBe(false)
  await server.advance(3_000)
  expect(again.state).toMatchObject({ status: 'connected', isSaved: true })
  expect([server.text, textOf(other)]).toEqual(['online, offline', 'online, offline'])
  for (const one of [again, other]) one.destroy()
})
