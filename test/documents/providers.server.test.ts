import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Server, startServer } from '../support/server.ts'
import { mint, secret } from '../support/token.ts'
import { nodeNetwork } from './node-network.ts'
import { type ProviderClient, providers } from './provider-clients.ts'

const limit = 2_000_000
let server: Server
let documents = 0

beforeAll(async () => {
  const limits = { document_bytes: limit, sessions_per_user: 100, channels_per_person_day: 10_000 }
  server = await startServer({ AUTH: 'token', AUTH_SECRET: secret, LIMITS: JSON.stringify(limits) })
})
afterAll(() => server[Symbol.asyncDispose]())

type Name = keyof typeof providers
type Who = { user: string; grants?: Record<string, string> }

const newName = () => `team/doc${documents++}`

/** The clients of one test, in documents of its own: tests run side by side. */
class Scene {
  readonly name = newName()
  readonly #open: ProviderClient[] = []
  readonly #used = new Set<string>()

  constructor({ onTestFinished }: TestContext) {
    onTestFinished(() => this.#end())
  }

  async connect(provider: Name, { user, grants = { 'circle:*': 'member' } }: Who, name = this.name) {
    const client = this.begin(provider, await mint(user, grants), name)
    this.#used.add(name)
    client.awareness.setLocalStateField('user', user)
    await eventually(() => expect(client.isSynced()).toBe(true))
    return client
  }

  /** Makes a client, who may not come in. */
  begin(provider: Name, token: string, name = this.name): ProviderClient {
    const client = providers[provider]({ host: `127.0.0.1:${server.port}`, name, token }, nodeNetwork)
    this.#open.push(client)
    return client
  }

  async #end(): Promise<void> {
    for (const client of this.#open.splice(0)) client.destroy()
    await Promise.all([...this.#used].map(name => this.#expectNobody(name)))
  }

  /** Whoever opens a document that everybody has left sees nobody: no test leaves a ghost. */
  async #expectNobody(name: string): Promise<void> {
    const user = `checks_${name.replace('/', '_')}`
    const checker = await this.connect(all[0] as Name, { user }, name) // a member: a reader cannot open what nobody wrote
    await eventually(() => expect(seen(checker)).toEqual([user]))
    checker.destroy()
  }
}

const textOf = ({ doc }: ProviderClient) => doc.getText('content').toString()
const seen = ({ awareness }: ProviderClient) => [...awareness.getStates().values()].map(({ user }) => user).toSorted()
const all = Object.keys(providers) as Name[]
const both = ['ada', 'bob']

async function stored(name: string): Promise<string> {
  const user = `reads_${name.replace('/', '_')}` // one for each document: requests are limited per user
  const headers = { authorization: `Bearer ${await mint(user, { 'circle:*': 'reader' })}` }
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

describe.concurrent.each(all)('%s', provider => {
  test('what is written is everywhere, and who leaves is gone', async context => {
    const scene = new Scene(context)
    const { name } = scene
    const others = await Promise.all(all.map((other, index) => scene.connect(other, { user: `other${index}` })))
    const ada = await scene.connect(provider, { user: 'ada' })
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

  test('after a cut, what both wrote meanwhile is everywhere, and everybody is seen once', async context => {
    const scene = new Scene(context)
    const [ada, bob] = [
      await scene.connect(provider, { user: 'ada' }),
      await scene.connect(all[0] as Name, { user: 'bob' }),
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
    await eventually(() => expect([seen(ada), seen(bob)]).toEqual([both, both]))
  })

  test('a reader reads, and changes nothing; what they are granted later counts on the open socket', async context => {
    const scene = new Scene(context)
    const { name } = scene
    const bob = await scene.connect(all[0] as Name, { user: 'bob' })
    bob.doc.getText('content').insert(0, 'text')
    const user = `reader_${name.replace('/', '_')}`
    const reader = await scene.connect(provider, { user, grants: { 'circle:*': 'reader' } })
    await eventually(() => expect(textOf(reader)).toBe('text'))
    reader.doc.getText('content').insert(0, 'not ')
    bob.doc.getText('content').insert(4, '!')
    await eventually(() => expect(textOf(reader)).toBe('not text!'))
    expect(await stored(name)).toBe('text!')
    await changeRole(user, { role: 'member' })
    await eventually(async () => expect(await stored(name)).toBe('not text!'))
  })

  test('[Y3] a member who is muted cannot write any more, and one who is banned is out', async context => {
    const scene = new Scene(context)
    const user = `member_${scene.name.replace('/', '_')}`
    const [ada, bob] = [await scene.connect(provider, { user }), await scene.connect(all[0] as Name, { user: 'bob' })]
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

  test('a megabyte is pasted; what goes beyond the limit is refused, and the document goes on', async context => {
    const scene = new Scene(context)
    const [ada, bob] = [
      await scene.connect(provider, { user: 'ada' }),
      await scene.connect(all[0] as Name, { user: 'bob' }),
    ]
    const pasted = 'x'.repeat(1_000_000)
    ada.doc.getText('content').insert(0, pasted)
    await eventually(() => expect(bob.doc.getText('content').length).toBe(1_000_000))
    ada.doc.getText('content').insert(0, 'y'.repeat(1_500_000))
    bob.doc.getText('content').insert(0, 'still here')
    await eventually(() => expect(ada.doc.getText('content').length).toBe(2_500_010))
    expect(bob.doc.getText('content').length).toBe(1_000_010)
    expect((await stored(scene.name)).length).toBe(1_000_010)
  })

  test('twenty documents are open on one page', async context => {
    const scene = new Scene(context)
    const names = Array.from({ length: 20 }, newName)
    const clients = await Promise.all(names.map(name => scene.connect(provider, { user: 'ada' }, name)))
    for (const [index, client] of clients.entries()) client.doc.getText('content').insert(0, `document ${index}`)
    await eventually(async () => {
      const texts = await Promise.all(names.map(stored))
      expect(texts).toEqual(names.map((_, index) => `document ${index}`))
    })
  })

  test('somebody without a grant for the circle does not come in', async context => {
    const scene = new Scene(context)
    const client = scene.begin(provider, await mint('eve', { 'circle:other': 'member' }))
    client.doc.getText('content').insert(0, 'let me in')
    const bob = await scene.connect(provider, { user: 'bob' })
    expect([textOf(bob), client.isSynced()]).toEqual(['', false])
  })
})

test('after the server was killed, everything is there, and everybody is seen, whatever they connect with', async context => {
  const scenes = await Promise.all(
    all.map(async provider => {
      const scene = new Scene(context)
      const ada = await scene.connect(provider, { user: 'ada' })
      const bob = await scene.connect(all[0] as Name, { user: 'bob' })
      return { ada, bob, name: scene.name }
    }),
  )
  for (const { ada } of scenes) ada.doc.getText('content').insert(0, 'before')
  for (const { name } of scenes) await eventually(async () => expect(await stored(name)).toBe('before'))
  await server.kill9()
  for (const { ada } of scenes) ada.doc.getText('content').insert(6, ', during')
  await server.start()
  for (const { name } of scenes) await eventually(async () => expect(await stored(name)).toBe('before, during'))
  for (const { bob } of scenes) bob.doc.getText('content').insert(14, ', after')
  for (const { ada, bob } of scenes) {
    await eventually(() => expect(textOf(ada)).toBe('before, during, after'))
    await eventually(() => expect([seen(ada), seen(bob)]).toEqual([both, both]))
  }
})
