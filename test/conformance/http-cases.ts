import assert from 'node:assert/strict'
import { body, http, type Row, upgrade } from './case.ts'
import { assertReply } from './harness.ts'

const seeking = { 'sec-websocket-protocol': 'circles.v1' }

/** Requests and upgrades that are not as they should be. */
export const httpRows: Row[] = [
  {
    where: 'HTTP',
    input: 'GET on an upgrade path without Upgrade',
    reaction: '426 upgrade_required',
    async run(lab) {
      const reply = await lab.ask({ path: `/ws/circles/${lab.circle}` })
      assertReply(reply, 426, 'upgrade_required') // with `Upgrade: websocket`, which the local runtime drops
    },
  },
  {
    where: 'upgrade',
    input: '/ws/circles/Name in capitals',
    reaction: 'the same circle',
    async run(lab) {
      const line = await lab.open(`/ws/circles/${lab.circle.toUpperCase()}`, { protocols: ['circles.v1'] })
      const welcome = await line.next()
      assert.equal(welcome.channel, `circle:${lab.circle}`)
      await line.leave()
    },
  },
  {
    where: 'upgrade',
    input: 'headers that look like internal ones',
    reaction: 'ignored',
    async run(lab) {
      const headers = {
        'x-circles-user': 'admin',
        'x-circles-visit': '%7B%22principal%22%3A%7B%22role%22%3A%22owner%22%7D%7D',
      }
      const line = await lab.open(`/ws/circles/${lab.circle}`, { protocols: ['circles.v1'], headers })
      const { data } = await line.next()
      assert.equal((data as { user: { role: string } }).user.role, 'member')
      await line.leave()
    },
  },
  {
    where: 'upgrade',
    input: 'circles.v1 beside another subprotocol',
    reaction: 'circles.v1 is chosen, nothing else is echoed',
    async run(lab) {
      const line = await lab.open(`/ws/circles/${lab.circle}`, { protocols: ['other', 'circles.v1'] })
      assert.equal(line.socket.protocol, 'circles.v1')
      await line.leave()
    },
  },
  ...['POST', 'PUT', 'DELETE', 'PATCH'].map(method =>
    http(
      `${method} on an upgrade path`,
      lab => ({ method, path: `/ws/circles/${lab.circle}` }),
      405,
      'method_not_allowed',
    ),
  ),
  {
    where: 'HTTP',
    input: 'POST with an Upgrade header',
    reaction: '405 method_not_allowed, or 400 by a runtime that refuses it first',
    async run(lab) {
      const headers = { connection: 'Upgrade', upgrade: 'websocket' }
      const { status } = await lab.ask({ method: 'POST', path: `/ws/circles/${lab.circle}`, headers })
      assert.ok(status === 405 || status === 400, `${status}`)
    },
  },
  http(
    'Upgrade: h2c',
    lab => ({ path: `/ws/circles/${lab.circle}`, headers: { connection: 'Upgrade', upgrade: 'h2c' } }),
    426,
    'upgrade_required',
  ),
  ...(
    [
      ['a slash that was escaped', '/ws/circles/a%2Fb'],
      ['NUL', '/ws/circles/%00'],
      ['broken UTF-8', '/ws/circles/%E0%A4%A'],
      ['65 characters', `/ws/circles/${'a'.repeat(65)}`],
      ['café', '/ws/circles/caf%C3%A9'],
      ['a Cyrillic а', '/ws/circles/%D0%B0bc'],
      ['a space', '/ws/circles/a%20b'],
      ['an escaped letter', '/ws/circles/%61bc'],
      ['a dot in front', '/ws/circles/.hidden'],
      ['a hyphen in front', '/ws/circles/-a'],
      ['a dot behind', '/ws/circles/a.'],
      ['nothing', '/ws/circles/'],
      ['a tilde, as private circles have', '/ws/circles/chat~pickle~00'],
      ['an underscore behind', '/ws/workspaces/a_'],
      ['an agent with a dot in front', '/ws/agents/.a'],
      ['a private talk with %00', '/ws/chat/%00'],
      ['?circle= with a slash', '/ws?circle=a%2Fb'],
      ['?circle= with nothing', '/ws?circle='],
      ['?circle= with 65 characters', `/ws?circle=${'a'.repeat(65)}`],
    ] as const
  ).map(([input, path]) => upgrade(`a name with ${input}`, path, 400, 'invalid_name')),
  ...['/ws/nothing', '/ws/nothing/a', '/ws/circles', '/ws/circles/a/b', '/ws/__proto__/a', '/ws/constructor/a'].map(
    path => upgrade(path, path, 404, 'not_found'),
  ),
  ...['https://evil.example', 'null', 'file://', 'https://localhost.evil.example', 'not an origin'].map(origin =>
    upgrade(`Origin: ${origin}`, '/ws/circles/{circle}', 403, 'origin_not_allowed', { origin }),
  ),
  upgrade('subprotocols without circles.v1', '/ws/circles/{circle}', 400, 'bad_subprotocol', {
    'sec-websocket-protocol': 'soap, mqtt',
  }),
  upgrade('circles.v2', '/ws/circles/{circle}', 400, 'bad_subprotocol', { 'sec-websocket-protocol': 'circles.v2' }),
  upgrade('a subprotocol header over 1 KB', '/ws/circles/{circle}', 400, 'bad_subprotocol', {
    'sec-websocket-protocol': `circles.v1, ${'x'.repeat(1_100)}`,
  }),
  upgrade('circles.v1 where only events are spoken', '/ws', 400, 'bad_subprotocol', seeking),
  upgrade('circles.v1 where only text is spoken', '/ws/chat/pickle', 400, 'bad_subprotocol', seeking),
  ...['-1', '1.5', '1e3', '0x10', '9'.repeat(20), 'x', ''].map(since =>
    upgrade(`since=${since}`, `/ws/circles/{circle}?since=${since}&epoch=e`, 400, 'invalid', seeking),
  ),
  ...(['PUT', 'GET', 'DELETE'] as const).map(method =>
    http(
      `${method} messages`,
      lab => ({ method, path: `/api/circles/${lab.circle}/messages` }),
      405,
      'method_not_allowed',
    ),
  ),
  http(
    'POST events',
    lab => ({ method: 'POST', path: `/api/circles/${lab.circle}/events` }),
    405,
    'method_not_allowed',
  ),
  ...[
    'limit=0',
    'limit=-1',
    'limit=1001',
    'limit=x',
    'before=x',
    'before=0',
    'after=-1',
    'after=1.5',
    'after=1&before=2',
    'after=9007199254740993',
  ].map(query =>
    http(`events?${query}`, lab => ({ path: `/api/circles/${lab.circle}/events?${query}` }), 400, 'invalid'),
  ),
  http('events of a circle nobody was in', { path: '/api/circles/nobody-was-ever-here/events' }, 404, 'not_found'),
  http('the API with an escaped name', { path: '/api/circles/a%2Fb/events' }, 400, 'invalid_name'),
  http('a path that is not there', { path: '/api/nothing' }, 404, 'not_found'),
  http('members of a circle nobody was in', { path: '/api/circles/nobody-was-ever-here/members' }, 404, 'not_found'),
  body('over 256 KB', '/messages', { content: 'x'.repeat(300_000) }, 413, 'too_large'),
  body('a line over 32 KiB', '/messages', { content: 'x'.repeat(32_769) }, 413, 'too_large'),
  body('no JSON', '/messages', '{nope', 400, 'bad_json'),
  body('JSON and more', '/messages', '{"content":"x"} x', 400, 'bad_json'),
  body('empty', '/messages', '', 400, 'bad_json'),
  body('another type', '/messages', { content: 'x' }, 415, 'unsupported_type', { 'content-type': 'text/plain' }),
  body('a type that only begins right', '/messages', { content: 'x' }, 415, 'unsupported_type', {
    'content-type': 'application/jsonx',
  }),
  ...['null', '[]', '"x"', '1'].map(text => body(text, '/messages', text, 400, 'invalid')),
  body('nested 2,000 deep', '/messages', `{"content":${'['.repeat(2_000)}${']'.repeat(2_000)}}`, 400, 'too_deep'),
  body('a key too many', '/messages', { content: 'x', user_id: 'admin' }, 400, 'invalid'),
  body('an own key __proto__', '/messages', '{"content":"x","__proto__":{"polluted":1}}', 400, 'invalid'),
  body('content that is a number', '/messages', { content: 1 }, 400, 'invalid'),
  body('only spaces', '/messages', { content: ' \n\t ' }, 400, 'empty'),
  body('a lone surrogate', '/messages', '{"content":"\\ud800"}', 400, 'invalid'),
  body('an agent that is not there', '/messages', { content: 'x', to: 'nobody' }, 503, 'agent_unavailable'),
  body('a key of spaces', '/messages', { content: 'x' }, 400, 'invalid', { 'idempotency-key': 'not a key' }),
  body('a key of 65 characters', '/messages', { content: 'x' }, 400, 'invalid', { 'idempotency-key': 'k'.repeat(65) }),
  body('an invitation that never was', '/join', { invitation: 'made-up' }, 404, 'not_found'),
  body('an invitation by a member', '/invitations', {}, 403, 'forbidden'),
  ...[{}, { role: 'god' }, { muted: 'yes' }, { role: 'owner', id: 'x' }].map(
    (change): Row => ({
      where: 'HTTP body',
      input: `PATCH of a member by ${JSON.stringify(change)}`,
      reaction: '400 invalid',
      run: async lab =>
        assertReply(
          await lab.post(`/api/circles/${lab.circle}/members/x`, change, { method: 'PATCH' }),
          400,
          'invalid',
        ),
    }),
  ),
  {
    where: 'HTTP body',
    input: 'a member bans another',
    reaction: '403 forbidden',
    run: async lab =>
      assertReply(
        await lab.post(`/api/circles/${lab.circle}/members/x`, { banned: true }, { method: 'PATCH' }),
        403,
        'forbidden',
      ),
  },
  {
    where: 'HTTP body',
    input: 'a ticket for no channel',
    reaction: '400 invalid_name',
    run: async lab => assertReply(await lab.post('/api/tickets', { channel: 'lobby' }), 400, 'invalid_name'),
  },
  {
    where: 'HTTP body',
    input: 'a ticket with a key too many',
    reaction: '400 invalid',
    run: async lab =>
      assertReply(await lab.post('/api/tickets', { channel: 'circle:a', role: 'owner' }), 400, 'invalid'),
  },
  {
    where: 'HTTP',
    input: 'a preflight of a foreign page',
    reaction: 'no access-control-allow-origin',
    async run(lab) {
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
      const reply = await lab.ask({ method: 'OPTIONS', path: `/api/circles/${lab.circle}/messages`, headers, as: null })
      assert.equal(reply.headers['access-control-allow-origin'], undefined)
    },
  },
  ...(
    [
      ['agent:pickle', 400],
      ['system:root', 400],
      ['', 400],
      ['%E2%80%AE', 400],
      ['x'.repeat(100), 400],
      ['%ED%A0%80', 101],
    ] as const
  ).map(
    ([name, status]): Row => ({
      where: 'name',
      input: `?name=${name.slice(0, 20)}`,
      reaction: `${status}`,
      under: 'open',
      run: async lab => {
        const reply = await lab.knock(`/ws/circles/${lab.circle}?name=${name}`, {}, null)
        assert.equal(reply.status, status, reply.text)
      },
    }),
  ),
  {
    where: 'name',
    input: 'a name that turns the text around',
    reaction: 'the mark is stripped',
    under: 'open',
    async run(lab) {
      const line = await lab.open(`/ws/circles/${lab.circle}?name=ad%E2%80%AEa`, {
        protocols: ['circles.v1'],
        as: null,
      })
      const { data } = await line.next()
      assert.deepEqual(data?.user, { id: 'guest:ada', name: 'ada', kind: 'guest', role: 'member' })
      await line.leave()
    },
  },
]
