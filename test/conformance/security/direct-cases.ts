import assert from 'node:assert/strict'
import type { Case } from '../case.ts'
import { assertResponse, type Harness } from '../harness.ts'

/** Two users of one circle with a private chat, and requests about it that work under both policies. */
async function chatOf(harness: Harness) {
  const [olga, pat] = [harness.newUser(), harness.newUser()]
  const circle = `${harness.circle}-private`
  const idOf = (user: string) => (harness.target.policy === 'open' ? `guest:${user}` : user)
  for (const as of [olga, pat])
    assertResponse(await harness.post(`/api/circles/${circle}/messages`, { content: 'here' }, { as }), '201')
  const begin = (as: string, user: string, more = {}) =>
    harness.post('/api/direct', { user: idOf(user), circle, ...more }, { as })
  const begun = await begin(olga, pat)
  assertResponse(begun, '200')
  const name = String(JSON.parse(begun.text).channel).replace('circle:', '')
  const write = (as: string) => harness.post(`/api/circles/${name}/messages`, { content: 'hello' }, { as })
  const block = (as: string, blocked: boolean) =>
    harness.post(`/api/direct/${name}`, { blocked }, { as, method: 'PATCH' })
  return { olga, pat, name, begin, write, block }
}

type Chat = Awaited<ReturnType<typeof chatOf>>

function directCase(
  input: string,
  expected: string,
  attempt: (chat: Chat, harness: Harness) => Promise<unknown>,
): Case {
  const run = async (harness: Harness) => void (await attempt(await chatOf(harness), harness))
  return { area: 'private chats', input, expected, run }
}

/** Who can do what in a chat that belongs to two people, or to somebody and an agent (C5). */
export const directCases: readonly Case[] = [
  directCase(
    'somebody else reads, writes and opens the chat of two people',
    '404 not_found each time',
    async (it, harness) => {
      const eve = harness.newUser()
      for (const path of ['', '/events', '/members', '/export'])
        assertResponse(await harness.request({ path: `/api/circles/${it.name}${path}`, as: eve }), '404 not_found')
      assertResponse(await harness.request({ path: `/api/direct/${it.name}`, as: eve }), '404 not_found')
      assertResponse(await it.write(eve), '404 not_found')
      assertResponse(await it.block(eve, true), '404 not_found')
      assertResponse(await harness.requestUpgrade(`/ws/circles/${it.name}`, {}, eve), '404 not_found')
      assertResponse(await it.write(it.pat), '201')
    },
  ),
  directCase(
    'one of the two changes its settings, deletes it and creates it again',
    '403, 403, 400',
    async (it, harness) => {
      const path = `/api/circles/${it.name}`
      const asPat = { as: it.pat }
      assertResponse(await harness.post(path, { title: 'mine' }, { ...asPat, method: 'PATCH' }), '403 forbidden')
      const deletion = { method: 'DELETE', path: `${path}?confirm=${it.name}`, ...asPat }
      assertResponse(await harness.request(deletion), '403 forbidden')
      assert.equal((await harness.post('/api/circles', { name: it.name }, asPat)).status, 400)
    },
  ),
  directCase('anybody lists the circles', 'no private chat among them', async (it, harness) => {
    for (const as of [it.olga, harness.newUser()])
      assert.doesNotMatch((await harness.request({ path: '/api/circles?limit=200', as })).text, /"(dm|chat)~/)
  }),
  directCase(
    'a chat with somebody of no circle of the sender, and with oneself',
    '403 forbidden, 400 invalid',
    async (it, harness) => {
      assertResponse(await it.begin(harness.newUser(), it.olga), '403 forbidden')
      assertResponse(await it.begin(it.olga, harness.newUser()), '403 forbidden')
      assertResponse(await it.begin(it.olga, it.pat, { circle: harness.circle }), '200') // it exists
      assertResponse(await it.begin(it.olga, it.olga), '400 invalid')
    },
  ),
  directCase('whoever is blocked writes, and begins the chat again', '403 blocked', async it => {
    assertResponse(await it.block(it.pat, true), '200')
    assertResponse(await it.write(it.olga), '403 blocked')
    assertResponse(await it.begin(it.olga, it.pat), '403 blocked')
    assertResponse(await it.write(it.pat), '403 blocked')
    assertResponse(await it.block(it.olga, false), '200') // her own block, of which there is none
    assertResponse(await it.write(it.olga), '403 blocked')
    assertResponse(await it.block(it.pat, false), '200')
    assertResponse(await it.write(it.olga), '201')
  }),
  directCase('the chat of somebody else with an agent, by its name', '403 forbidden', async (it, harness) => {
    const begun = await harness.post('/api/direct', { user: 'agent:pickle' }, { as: it.olga })
    assertResponse(begun, '200')
    const name = String(JSON.parse(begun.text).channel).replace('circle:', '')
    assertResponse(await harness.request({ path: `/api/circles/${name}/events`, as: it.pat }), '403 forbidden')
    assertResponse(await harness.requestUpgrade(`/ws/circles/${name}`, {}, it.pat), '403 forbidden')
    assertResponse(await harness.request({ path: `/api/direct/${name}`, as: it.olga }), '200')
  }),
]
