import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Server, startServer } from '../support/server.ts'
import { mint, secret } from '../support/token.ts'
import { type ProviderClient, providers } from './provider-clients.ts'

const limit = 2_000_000
let server: Server
const open: ProviderClient[] = []
let documents = 0

beforeAll(async () => {
  const limits = { document_bytes: limit, sessions_per_user: 100, channels_per_person_day: 10_000 }
  server = await startServer({ AUTH: 'token', AUTH_SECRET: secret, LIMITS: JSON.stringify(limits) })
})
afterAll(() => server[Symbol.asyncDispose]())
afterEach(() => {
  for (const client of open.splice(0)) client.destroy()
})

type Name = keyof typeof providers
type Who = { user: string; grants?: Record<string, string> }

async function connect(provider: Name, name: string, { user, grants = { 'circle:*': 'member' } }: Who) {
  const host = `127.0.0.1:${server.port}`
  const client = providers[provider]({ host, name, token: await mint(user, grants) })
  open.push(client)
  client.awareness.setLocalStateField('user', user)
  await eventually(() => expect(client.isSynced()).toBe(true))
  return client
}

const textOf = ({ doc }: ProviderClient) => doc.getText('content').toString()
const newName = () => `team/doc${documents++}`
const seen = ({ awareness }: ProviderClient) => [...awareness.getStates().values()].map(({ user }) => user).toSorted()
const all = Object.keys(providers) as Name[]

async function stored(name: string): Promise<string> {
  const headers = { authorization: `Bearer ${await mint('checker', { 'circle:*': 'reader' })}` }
  const response = await fetch(`${server.url}/api/documents/${name}?root=content`, { headers })
  return ((await response.json()) as { text: string }).text
}

async function changeRole(user: string, change: object): Promise<void> {
  const token = await mint('olga', { 'circle:*': 'owner' })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const url = `${server.url}/api/circles/team/members/${user}`
  const response = await fetch(url, { method: 'PATCH', headers, body: JSON.stringify(change) })
  expect(response.status).toBe(200)
}

describe.each(all)('%s', provider => {
  test('what is written is everywhere, and who leaves is gone', async () => {
    const name = newName()
    const others = await Promise.all(all.map((other, index) => connect(other, name, { user: `other${index}` })))
    const ada = await connect(provider, name, { user: 'ada' })
    await eventually(() =>
      others.map(one => expect(seen(one)).toEqual(['ada', ...all.map((_, index) => `other${index}`)])),
    )
    ada.doc.getText('content').insert(0, 'hello')
    await eventually(() => others.map(one => expect(textOf(one)).toBe('hello')))
    others[0]?.doc.getText('content').insert(5, ' world')
    await eventually(() => expect(textOf(ada)).toBe('hello world'))
    await eventually(async () => expect(await stored(name)).toBe('hello world'))
    ada.destroy()
    await eventually(() => others.map(one => expect(seen(one)).toEqual(all.map((_, index) => `other${index}`))))
  })

  test('after a cut, what both wrote meanwhile is everywhere, and everybody is seen once', async () => {
    const name = newName()
    const [ada, bob] = [
      await connect(provider, name, { user: 'ada' }),
      await connect(all[0] as Name, name, { user: 'bob' }),
    ]
    ada.doc.getText('content').insert(0, 'both: ')
    await eventually(() => expect(textOf(bob)).toBe('both: '))
    ada.cut()
    ada.doc.getText('content').insert(6, 'offline ')
    bob.doc.getText('content').insert(6, 'online ')
    await eventually(() => {
      expect(textOf(ada)).toBe(textOf(bob))
      expect(textOf(ada).length).toBe('both: offline online '.length)
    })
    await eventually(() =>
      expect([seen(ada), seen(bob)]).toEqual([
        ['ada', 'bob'],
        ['ada', 'bob'],
      ]),
    )
  })

  test('after the server was killed, everything is there, and everybody is seen', async () => {
    const name = newName()
    const [ada, bob] = [
      await connect(provider, name, { user: 'ada' }),
      await connect(all[0] as Name, name, { user: 'bob' }),
    ]
    ada.doc.getText('content').insert(0, 'before')
    await eventually(async () => expect(await stored(name)).toBe('before'))
    await server.kill9()
    ada.doc.getText('content').insert(6, ', during')
    await server.start()
    await eventually(async () => expect(await stored(name)).toBe('before, during'))
    bob.doc.getText('content').insert(14, ', after')
    await eventually(() => expect(textOf(ada)).toBe('before, during, after'))
    await eventually(() =>
      expect([seen(ada), seen(bob)]).toEqual([
        ['ada', 'bob'],
        ['ada', 'bob'],
      ]),
    )
  })

  test('a reader reads, and changes nothing; what they are granted later counts on the open socket', async () => {
    const name = newName()
    const bob = await connect(all[0] as Name, name, { user: 'bob' })
    bob.doc.getText('content').insert(0, 'text')
    const user = `reader_${documents}`
    const reader = await connect(provider, name, { user, grants: { 'circle:*': 'reader' } })
    await eventually(() => expect(textOf(reader)).toBe('text'))
    reader.doc.getText('content').insert(0, 'not ')
    bob.doc.getText('content').insert(4, '!')
    await eventually(() => expect(textOf(reader)).toBe('not text!'))
    expect(await stored(name)).toBe('text!')
    await changeRole(user, { role: 'member' })
    await eventually(async () => expect(await stored(name)).toBe('not text!'))
  })

  test('[Y3] a member who is muted cannot write any more, and one who is banned is out', async () => {
    const name = newName()
    const user = `member_${documents}`
    const [ada, bob] = [await connect(provider, name, { user }), await connect(all[0] as Name, name, { user: 'bob' })]
    ada.doc.getText('content').insert(0, 'mine')
    await eventually(() => expect(textOf(bob)).toBe('mine'))
    await changeRole(user, { muted: true })
    await eventually(async () => {
      const before = textOf(bob)
      ada.doc.getText('content').insert(0, '!')
      bob.doc.getMap('sync').set('now', before)
      await eventually(() => expect(ada.doc.getMap('sync').get('now')).toBe(before))
      expect(textOf(bob)).toBe(before)
    })
    await changeRole(user, { banned: true })
    await eventually(() => expect(seen(bob)).toEqual(['bob']))
  })

  test('a megabyte is pasted; what goes beyond the limit is refused, and the document goes on', async () => {
    const name = newName()
    const [ada, bob] = [
      await connect(provider, name, { user: 'ada' }),
      await connect(all[0] as Name, name, { user: 'bob' }),
    ]
    const pasted = 'x'.repeat(1_000_000)
    ada.doc.getText('content').insert(0, pasted)
    await eventually(() => expect(bob.doc.getText('content').length).toBe(1_000_000))
    ada.doc.getText('content').insert(0, 'y'.repeat(1_500_000))
    bob.doc.getText('content').insert(0, 'still here')
    await eventually(() => expect(ada.doc.getText('content').length).toBe(2_500_010))
    expect(bob.doc.getText('content').length).toBe(1_000_010)
    expect((await stored(name)).length).toBe(1_000_010)
  })

  test('twenty documents are open on one page', async () => {
    const names = Array.from({ length: 20 }, newName)
    const clients = await Promise.all(names.map(name => connect(provider, name, { user: 'ada' })))
    for (const [index, client] of clients.entries()) client.doc.getText('content').insert(0, `document ${index}`)
    await eventually(async () => {
      const texts = await Promise.all(names.map(stored))
      expect(texts).toEqual(names.map((_, index) => `document ${index}`))
    })
  })

  test('somebody without a grant for the circle does not come in', async () => {
    const host = `127.0.0.1:${server.port}`
    const client = providers[provider]({
      host,
      name: newName(),
      token: await mint('eve', { 'circle:other': 'member' }),
    })
    open.push(client)
    client.doc.getText('content').insert(0, 'let me in')
    const bob = await connect(provider, `team/doc${documents - 1}`, { user: 'bob' })
    expect([textOf(bob), client.isSynced()]).toEqual(['', false])
  })
})
