import assert from 'node:assert/strict'
import { type Case, closedAtEnd } from '../case.ts'
import { assertResponse, type Harness } from '../harness.ts'

/** A user's requests in a circle of their own making; all of these work under both policies. */
function requestsOf(harness: Harness) {
  const [olga, eve] = [harness.newUser(), harness.newUser()]
  const circle = `${harness.circle}-own`
  const path = `/api/circles/${circle}`
  // Under `open`, a guest's id has a prefix.
  const idOf = (user: string) => encodeURIComponent(harness.target.policy === 'open' ? `guest:${user}` : user)
  const post = (as: string, below: string, body: unknown, method = 'POST') =>
    harness.post(`${path}${below}`, body, { as, method })
  return {
    olga,
    eve,
    post,
    create: () => harness.post('/api/circles', { name: circle }, { as: olga }),
    change: (user: string, body: object, as = olga) => post(as, `/members/${idOf(user)}`, body, 'PATCH'),
    leave: (user: string) => harness.request({ method: 'DELETE', path: `${path}/members/${idOf(user)}`, as: user }),
    send: (user: string) => post(user, '/messages', { content: 'hello' }),
    get: (user: string, below: string) => harness.request({ path: `${path}${below}`, as: user }),
    remove: (user: string, below: string) => harness.request({ method: 'DELETE', path: `${path}${below}`, as: user }),
    async invite(user: string, role: string) {
      const response = await post(user, '/invitations', { role, uses: 5 })
      assertResponse(response, '201')
      return JSON.parse(response.text) as { id: string; invitation: string }
    },
    join: (user: string, invitation: string) => post(user, '/join', { invitation }),
    open: (user: string) => harness.openSocket(`/ws/circles/${circle}`, { protocols: ['circles.v1'], as: user }),
    upgrade: (user: string) => harness.requestUpgrade(`/ws/circles/${circle}`, {}, user),
  }
}

type Requests = ReturnType<typeof requestsOf>

function rightsCase(
  input: string,
  expected: string,
  attempt: (requests: Requests, harness: Harness) => Promise<unknown>,
): Case {
  const run = async (harness: Harness) => {
    const requests = requestsOf(harness)
    assertResponse(await requests.create(), '201')
    await attempt(requests, harness)
    const { olga } = requests
    assertResponse(
      await harness.request({
        method: 'DELETE',
        path: `/api/circles/${harness.circle}-own?confirm=${harness.circle}-own`,
        as: olga,
      }),
      '204',
    )
  }
  return { area: 'rights', input, expected, run }
}

/** What people could do to raise themselves, and what others must not learn of them. */
export const rightsCases: readonly Case[] = [
  rightsCase('somebody who was lowered leaves and writes', '403 read_only, as before', async it => {
    assertResponse(await it.change(it.eve, { role: 'reader' }), '200')
    assertResponse(await it.send(it.eve), '403 read_only')
    assertResponse(await it.leave(it.eve), '204')
    assertResponse(await it.send(it.eve), '403 read_only')
  }),
  rightsCase('somebody leaves sixty times', '429 rate_limited; no events', async it => {
    const before = JSON.parse((await it.get(it.olga, '')).text).head
    const statuses: number[] = []
    for (let n = 0; n < 60; n++) statuses.push((await it.leave(it.eve)).status)
    assert.ok(
      statuses.every(status => status === 204 || status === 429),
      `${statuses}`,
    )
    assert.equal(JSON.parse((await it.get(it.olga, '')).text).head, before)
  }),
  rightsCase('the last owner leaves', '409 conflict', async it => {
    assertResponse(await it.leave(it.olga), '409 conflict')
  }),
  rightsCase('an invitation of an owner who was lowered, used by them', '404 not_found', async it => {
    assertResponse(await it.change(it.eve, { role: 'owner' }), '200')
    const { invitation } = await it.invite(it.eve, 'owner')
    assertResponse(await it.change(it.eve, { role: 'reader' }), '200')
    assertResponse(await it.join(it.eve, invitation), '404 not_found')
    assertResponse(await it.send(it.eve), '403 read_only')
  }),
  rightsCase('one of two invitations is taken back', '404 not_found for that one', async it => {
    const [one, other] = [await it.invite(it.olga, 'member'), await it.invite(it.olga, 'member')]
    assertResponse(await it.remove(it.eve, `/invitations/${one.id}`), '403 forbidden')
    assertResponse(await it.remove(it.olga, `/invitations/${one.id}`), '204')
    assertResponse(await it.join(it.eve, one.invitation), '404 not_found')
    assertResponse(await it.join(it.eve, other.invitation), '200')
  }),
  rightsCase('a member lists the members', 'nobody is shown as muted or banned', async it => {
    assertResponse(await it.change('mallory', { banned: true }), '200')
    assertResponse(await it.change('trudy', { muted: true }), '200')
    const { text } = await it.get(it.eve, '/members')
    assert.doesNotMatch(text, /mallory|trudy|"(muted|banned)":true/)
    assert.match((await it.get(it.olga, '/members')).text, /mallory/)
  }),
  rightsCase('somebody who is muted writes, types, and sends a signal and a state', 'read_only each time', async it => {
    await using socket = await closedAtEnd(it.open(it.eve))
    assertResponse(await it.change(it.eve, { muted: true }), '200')
    assertResponse(await it.send(it.eve), '403 read_only')
    const commands = [
      { type: 'typing', id: 'c1', data: { active: true } },
      { type: 'signal', id: 'c2', data: { name: 'wave', value: 1 } },
      { type: 'presence', id: 'c3', data: { state: { status: 'owner' } } },
    ]
    for (const command of commands) {
      socket.send(command)
      const { type, data } = await socket.next(({ data }) => data?.['id'] === command.id)
      assert.deepEqual([command.type, type, data?.['code']], [command.type, 'error', 'read_only'])
    }
  }),
  rightsCase('somebody whose state says that they own the circle', 'their role is shown beside it', async it => {
    await using watcher = await closedAtEnd(it.open(it.olga))
    await watcher.next(({ type }) => type === 'welcome')
    await using socket = await closedAtEnd(it.open(it.eve))
    socket.send({ type: 'presence', id: 'c1', data: { state: { status: 'owner', role: 'owner' } } })
    const { data } = await watcher.next(frame => JSON.stringify(frame).includes('"status":"owner"'))
    const entries = [data?.['joined'], data?.['changed']].flat() as { state?: object; role?: string }[]
    assert.equal(entries.find(entry => entry?.state !== undefined)?.role, 'member')
  }),
  rightsCase('a stranger tries a private circle', '404 not_found, as if it were not there', async it => {
    assertResponse(await it.post(it.olga, '', { visibility: 'private' }, 'PATCH'), '200')
    for (const below of ['', '/events', '/members', '/search?q=a', '/export'])
      assertResponse(await it.get(it.eve, below), '404 not_found')
    assertResponse(await it.send(it.eve), '404 not_found')
    assertResponse(await it.join(it.eve, 'made-up'), '404 not_found')
    assertResponse(await it.upgrade(it.eve), '404 not_found')
  }),
  rightsCase('a member writes where only moderators do', '403 read_only', async it => {
    assertResponse(await it.post(it.olga, '', { writers: 'moderators' }, 'PATCH'), '200')
    assertResponse(await it.send(it.eve), '403 read_only')
    assertResponse(await it.send(it.olga), '201')
  }),
  rightsCase('a member writes in a paused circle', '201', async it => {
    assertResponse(await it.post(it.olga, '', { status: 'paused' }, 'PATCH'), '200')
    assertResponse(await it.send(it.eve), '201')
  }),
  {
    ...rightsCase(
      'a reader of an agent’s channel whose token is for no circle',
      'no name of a circle',
      async (it, harness) => {
        const authorization = `Bearer ${await harness.token('eve', { channels: { 'agent:pickle': 'reader' } })}`
        const options = { protocols: ['circles.v1'], as: null, headers: { authorization } }
        await using reader = await closedAtEnd(harness.openSocket('/ws/agents/pickle', options))
        await reader.next(({ type }) => type === 'welcome')
        assertResponse(await it.post(it.olga, '/messages', { content: '@pickle Hello' }), '201')
        const { data } = await reader.next(
          ({ type, data }) => type === 'agent_activity' && data?.['activity'] === 'finished',
        )
        assert.ok(data !== undefined && !JSON.stringify(data).includes(harness.circle), JSON.stringify(data))
      },
    ),
    policy: 'token',
  },
]
