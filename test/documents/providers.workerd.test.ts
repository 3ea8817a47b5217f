import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { aToken } from '../support/tokens.ts'
import { type ProviderClient, providers } from './provider-clients.ts'
import { workerNetwork } from './worker-network.ts'

// Each provider while the document sleeps under it, which a server outside does only after ten seconds of silence.

type Name = keyof typeof providers

async function connect(provider: Name, name: string, user: string): Promise<ProviderClient> {
  const token = await aToken(Date.now(), { sub: user })
  const client = providers[provider]({ host: 'circles.test', name, token }, workerNetwork)
  client.awareness.setLocalStateField('user', user)
  await eventually(() => expect(client.isSynced()).toBe(true))
  return client
}

const textOf = ({ doc }: ProviderClient) => doc.getText('content').toString()
const present = ({ awareness }: ProviderClient) => awareness.getStates().size

/** The document sleeps once what it has is stored. */
async function sleep(name: string, rows: number): Promise<void> {
  const stub = env.DOCUMENTS.getByName(name)
  await eventually(() =>
    runInDurableObject(stub, (_, state) => {
      expect(state.storage.sql.exec('SELECT count(*) AS n FROM document_updates').one()['n']).toBe(rows)
    }),
  )
  await evictDurableObject(stub)
}

test.each(Object.keys(providers) as Name[])(
  '%s goes on after the document has slept, and whoever left meanwhile is gone',
  async provider => {
    const name = `asleep/${provider.replaceAll(/[^a-z]/g, '-').replace(/^-/, '')}`
    const ada = await connect(provider, name, 'ada')
    const bob = await connect('y-websocket', name, 'bob')
    ada.doc.getText('content').insert(0, 'before')
    await eventually(() => expect([textOf(bob), present(bob), present(ada)]).toEqual(['before', 2, 2]))
    await sleep(name, 1)
    bob.doc.getText('content').insert(6, ', after')
    await eventually(() => expect(textOf(ada)).toBe('before, after'))
    await sleep(name, 2)
    ada.doc.getText('content').insert(0, 'Ada: ')
    await eventually(() => expect(textOf(bob)).toBe('Ada: before, after'))
    expect([present(ada), present(bob)]).toEqual([2, 2])
    await sleep(name, 3)
    ada.destroy()
    await eventually(() => expect(present(bob)).toBe(1))
    await sleep(name, 3)
    const eve = await connect(provider, name, 'eve')
    await eventually(() => expect([present(eve), textOf(eve)]).toEqual([2, 'Ada: before, after']))
    bob.destroy()
    eve.destroy()
  },
)
