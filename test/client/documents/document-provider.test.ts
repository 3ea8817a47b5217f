import { beforeEach, expect, test, vi } from 'vitest'
import { Doc } from 'yjs'
import { createClient } from '../../../src/client/create-client.ts'
import { type DocumentOptions, DocumentProvider } from '../../../src/client/documents/document-provider.ts'
import type { ClientPlatform } from '../../../src/client/platform.ts'
import { DocumentServer } from './document-server.ts'

let server: DocumentServer

beforeEach(async () => {
  server = await DocumentServer.start()
})

type Opening = DocumentOptions & { platform?: ClientPlatform }

function open(name: string, { platform = server.platform, ...options }: Opening = {}): DocumentProvider {
  const client = createClient('http://circles.test', { name, platform })
  const provider = new DocumentProvider(client, 'dev/plan', options)
  provider.awareness.setLocalState({ name })
  return provider
}

const textOf = ({ doc }: DocumentProvider) => doc.getText('content')
const names = ({ awareness }: DocumentProvider) =>
  [...awareness.getStates().values()].map(({ name }) => name.toLowerCase()).toSorted() // others’ as the server knows them

test('[Y4] what is written is at once with the others, and counts as unsynced until the server has stored it', async () => {
  const [ada, ben] = [open('ada'), open('ben')]
  await server.advance(100)
  expect([ada.state, ben.state]).toMatchObject([
    { status: 'connected', isSynced: true, unsynced: 0, isSaved: true, mayWrite: true },
    { status: 'connected', isSynced: true, unsynced: 0 },
  ])
  textOf(ada).insert(0, 'Hello')
  expect(ada.state).toMatchObject({ unsynced: 1, isSaved: false })
  await server.advance(100)
  expect(textOf(ben).toString()).toBe('Hello')
  expect(ada.state.unsynced).toBe(0)
  textOf(ada).insert(5, '.')
  await server.advance(100)
  expect(textOf(ben).toString()).toBe('Hello.')
  expect(ada.state.unsynced).toBe(1) // a row each second
  await server.advance(1_000)
  expect(ada.state).toMatchObject({ unsynced: 0, isSaved: true })
})

test('many changes at once are few frames, and all of them are counted', async () => {
  const ada = open('ada')
  await server.advance(100)
  const before = server.received
  for (let index = 0; index < 500; index++) textOf(ada).insert(index, 'a')
  expect(ada.state.unsynced).toBe(500)
  await server.advance(2_000)
  expect(server.received - before).toBe(2)
  expect(server.text).toBe('a'.repeat(500))
  expect(ada.state.unsynced).toBe(0)
})

test('what is edited offline counts as unsynced, and is merged and saved when the connection is back', async () => {
  const [ada, ben] = [open('ada'), open('ben')]
  await server.advance(100)
  server.cut()
  textOf(ada).insert(0, 'from Ada ')
  textOf(ben).insert(0, 'from Ben ')
  expect(ada.state).toMatchObject({ status: 'reconnecting', isSynced: false, unsynced: 1 })
  expect(names(ada)).toEqual(['ada'])
  await server.advance(5_000)
  expect(ada.state).toMatchObject({ status: 'connected', isSynced: true, isSaved: true })
  expect(textOf(ada).toString()).toBe(textOf(ben).toString())
  expect(server.text).toBe(textOf(ada).toString())
  expect(server.text.length).toBe(18)
  expect(names(ada)).toEqual(['ada', 'ben'])
})

test('[Y10] ten editors that are idle send pings alone, nobody forgets anybody, and the document sleeps', async () => {
  const editors = Array.from({ length: 10 }, (_, index) => open(`editor${index}`))
  await server.advance(3_000)
  server.room.hibernate()
  const before = server.received
  await server.advance(150_000, 1_000)
  expect(server.received).toBe(before)
  expect(server.room.maySleep).toBe(true)
  expect(server.pings).toBeGreaterThanOrEqual(50)
  expect(editors.map(editor => names(editor).length)).toEqual(editors.map(() => 10))
  const newcomer = open('newcomer')
  await server.advance(500)
  expect(names(newcomer)).toHaveLength(11) // those who were silent were asked
})

test('a cursor that moves fast is told at most every 50 ms, and its last place is told', async () => {
  const [ada, ben] = [open('ada'), open('ben')]
  await server.advance(200)
  const before = server.received
  for (let place = 0; place < 100; place++) {
    ada.awareness.setLocalStateField('place', place)
    await server.advance(10)
  }
  await server.advance(100)
  expect(server.received - before).toBeLessThanOrEqual(21)
  expect(ben.awareness.getStates().get(ada.awareness.clientID)).toMatchObject({ place: 99 })
})

test('a provider starts no interval of its own: nothing is repeated, and nobody is forgotten for being silent', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    open('ada')
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('who leaves is gone for the others at once', async () => {
  const [ada, ben] = [open('ada'), open('ben')]
  await server.advance(200)
  ada.destroy()
  await server.advance(50)
  expect(names(ben)).toEqual(['ben'])
})

test('[Y6] who comes back before the old connection is known to be dead stays visible', async () => {
  const { platform, vanish } = server.vanishing
  const [ada, ben] = [open('ada', { platform }), open('ben')]
  await server.advance(200)
  vanish()
  await server.advance(5_000)
  expect(ada.state.status).toBe('connected')
  server.noticeDead()
  await server.advance(100)
  expect(names(ben)).toEqual(['ada', 'ben'])
  ada.awareness.setLocalStateField('place', 1)
  await server.advance(100)
  expect(ben.awareness.getStates().get(ada.awareness.clientID)).toMatchObject({ place: 1 })
})

test('[Y4] what a reader writes stays unsynced, and is saved once they may write', async () => {
  server.roles.set('ada', 'reader')
  const ada = open('ada')
  await server.advance(100)
  expect(ada.state.mayWrite).toBe(false)
  textOf(ada).insert(0, 'Hello')
  await server.advance(2_000)
  expect(ada.state).toMatchObject({ unsynced: 1, refusal: { code: 'read_only' } })
  expect(server.text).toBe('')
  server.room.rights('ada', 'member')
  await server.advance(3_000)
  expect(ada.state).toMatchObject({ unsynced: 0, mayWrite: true, refusal: null })
  expect(server.text).toBe('Hello')
})

test('[Y5] what has no room is refused by name, and stays unsynced', async () => {
  server = await DocumentServer.start({ document_bytes: 1_000 })
  const ada = open('ada')
  await server.advance(100)
  textOf(ada).insert(0, 'a'.repeat(900))
  await server.advance(500)
  textOf(ada).insert(0, 'c') // is stored with the next row
  await server.advance(50)
  textOf(ada).insert(0, 'b'.repeat(900))
  await server.advance(2_000)
  expect(ada.state).toMatchObject({ unsynced: 1, isSaved: false, refusal: { code: 'too_large' } })
  expect(server.text).toBe(`c${'a'.repeat(900)}`)
})

test('a document that was there before counts as unsynced until the server has it', async () => {
  const doc = new Doc()
  doc.getText('content').insert(0, 'written before')
  const ada = open('ada', { doc })
  expect(ada.state.isSaved).toBe(false)
  await server.advance(2_000)
  expect(ada.state.isSaved).toBe(true)
  expect(server.text).toBe('written before')
})

test('what was kept on the device is sent, and is deleted there with the document', async () => {
  const calls: string[] = []
  class Store {
    constructor(name: string, doc: Doc) {
      calls.push(name)
      doc.transact(() => doc.getText('content').insert(0, 'kept'), this)
    }
    clearData = async () => void calls.push('clear')
    destroy = async () => void calls.push('destroy')
  }
  const ada = open('ada', { offline: Store })
  expect(ada.state.isSaved).toBe(false)
  await server.advance(2_000)
  expect(server.text).toBe('kept')
  expect(ada.state.isSaved).toBe(true)
  server.end(4410)
  expect(ada.state).toMatchObject({ status: 'ended', reason: { code: '4410' } })
  ada.destroy()
  expect(calls).toEqual(['circles http://circles.test/ ada document:dev/plan', 'clear', 'destroy'])
})
