import assert from 'node:assert/strict'
import { bodyCase, type Case, httpCase, upgradeCase } from './case.ts'
import { assertResponse } from './harness.ts'

const nativeOffer = { 'sec-websocket-protocol': 'circles.v1' }

/** Invalid requests and upgrades. */
export const httpCases: Case[] = [
  upgradeCase('a private circle with an agent that does not exist', '/ws/chat/nobody', '404 not_found'),
  {
    area: 'HTTP',
    input: 'GET on an upgrade path without Upgrade',
    expected: '426 upgrade_required',
    async run(harness) {
      const response = await harness.request({ path: `/ws/circles/${harness.circle}` })
      assertResponse(response, '426 upgrade_required') // with `upgrade: websocket`, which the local runtime drops
    },
  },
  {
    area: 'upgrade',
    input: '/ws/circles/Name in capitals',
    expected: 'the same circle',
    async run(harness) {
      const socket = await harness.openSocket(`/ws/circles/${harness.circle.toUpperCase()}`, {
        protocols: ['circles.v1'],
      })
      const welcome = await socket.next()
      assert.equal(welcome.channel, `circle:${harness.circle}`)
      await socket.close()
    },
  },
  {
    area: 'upgrade',
    input: 'headers that look like internal ones',
    expected: 'ignored',
    async run(harness) {
      const headers = {
        'x-circles-user': 'admin',
        'x-circles-visit': '%7B%22principal%22%3A%7B%22role%22%3A%22owner%22%7D%7D',
      }
      const socket = await harness.openSocket(`/ws/circles/${harness.circle}`, { protocols: ['circles.v1'], headers })
      const { data } = await socket.next()
      assert.equal((data as { user: { role: string } }).user.role, 'member')
      await socket.close()
    },
  },
  {
    area: 'upgrade',
    input: 'circles.v1 beside another subprotocol',
    expected: 'circles.v1 is chosen, nothing else is echoed',
    async run(harness) {
      const socket = await harness.openSocket(`/ws/circles/${harness.circle}`, { protocols: ['other', 'circles.v1'] })
      assert.equal(socket.ws.protocol, 'circles.v1')
      await socket.close()
    },
  },
  ...['POST', 'PUT', 'DELETE', 'PATCH'].map(method =>
    httpCase(
      `${method} on an upgrade path`,
      harness => ({ method, path: `/ws/circles/${harness.circle}` }),
      '405 method_not_allowed',
    ),
  ),
  {
    area: 'HTTP',
    input: 'POST with an Upgrade header',
    expected: '405 method_not_allowed, or 400 from a runtime that refuses it first',
    async run(harness) {
      const headers = { connection: 'Upgrade', upgrade: 'websocket' }
      const { status } = await harness.request({ method: 'POST', path: `/ws/circles/${harness.circle}`, headers })
      assert.ok(status === 405 || status === 400, `${status}`)
    },
  },
  httpCase(
    'Upgrade: h2c',
    harness => ({ path: `/ws/circles/${harness.circle}`, headers: { connection: 'Upgrade', upgrade: 'h2c' } }),
    '426 upgrade_required',
  ),
  ...(
    [
      ['an escaped slash', '/ws/circles/a%2Fb'],
      ['NUL', '/ws/circles/%00'],
      ['invalid UTF-8', '/ws/circles/%E0%A4%A'],
      ['65 characters', `/ws/circles/${'a'.repeat(65)}`],
      ['café', '/ws/circles/caf%C3%A9'],
      ['a Cyrillic а', '/ws/circles/%D0%B0bc'],
      ['a space', '/ws/circles/a%20b'],
      ['an escaped letter', '/ws/circles/%61bc'],
      ['a leading dot', '/ws/circles/.hidden'],
      ['a leading hyphen', '/ws/circles/-a'],
      ['a trailing dot', '/ws/circles/a.'],
      ['no characters', '/ws/circles/'],
      ['a tilde, as in private circles', '/ws/circles/chat~pickle~00'],
      ['a trailing underscore', '/ws/workspaces/a_'],
      ['a leading dot, for an agent', '/ws/agents/.a'],
      ['%00, for a private chat', '/ws/chat/%00'],
      ['a slash, in ?circle=', '/ws?circle=a%2Fb'],
      ['no characters, in ?circle=', '/ws?circle='],
      ['65 characters, in ?circle=', `/ws?circle=${'a'.repeat(65)}`],
    ] as const
  ).map(([input, path]) => upgradeCase(`a name with ${input}`, path, '400 invalid_name')),
  ...['/ws/nothing', '/ws/nothing/a', '/ws/circles', '/ws/circles/a/b', '/ws/__proto__/a', '/ws/constructor/a'].map(
    path => upgradeCase(path, path, '404 not_found'),
  ),
  ...['https://evil.example', 'null', 'file://', 'https://localhost.evil.example', 'not an origin'].map(origin =>
    upgradeCase(`Origin: ${origin}`, '/ws/circles/{circle}', '403 origin_not_allowed', { origin }),
  ),
  upgradeCase('subprotocols without circles.v1', '/ws/circles/{circle}', '400 bad_subprotocol', {
    'sec-websocket-protocol': 'soap, mqtt',
  }),
  upgradeCase('circles.v2', '/ws/circles/{circle}', '400 bad_subprotocol', { 'sec-websocket-protocol': 'circles.v2' }),
  upgradeCase('a subprotocol header over 1 KB', '/ws/circles/{circle}', '400 bad_subprotocol', {
    'sec-websocket-protocol': `circles.v1, ${'x'.repeat(1_100)}`,
  }),
  upgradeCase('circles.v1 where the dialect is events', '/ws', '400 bad_subprotocol', nativeOffer),
  upgradeCase('circles.v1 where the dialect is text', '/ws/chat/pickle', '400 bad_subprotocol', nativeOffer),
  ...['-1', '1.5', '1e3', '0x10', '9'.repeat(20), 'x', ''].map(since =>
    upgradeCase(`since=${since}`, `/ws/circles/{circle}?since=${since}&epoch=e`, '400 invalid', nativeOffer),
  ),
  ...(['PUT', 'GET', 'DELETE'] as const).map(method =>
    httpCase(
      `${method} messages`,
      harness => ({ method, path: `/api/circles/${harness.circle}/messages` }),
      '405 method_not_allowed',
    ),
  ),
  httpCase(
    'POST events',
    harness => ({ method: 'POST', path: `/api/circles/${harness.circle}/events` }),
    '405 method_not_allowed',
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
    httpCase(`events?${query}`, harness => ({ path: `/api/circles/${harness.circle}/events?${query}` }), '400 invalid'),
  ),
  httpCase(
    'events of a circle that does not exist',
    { path: '/api/circles/nobody-was-ever-here/events' },
    '404 not_found',
  ),
  httpCase('an escaped name', { path: '/api/circles/a%2Fb/events' }, '400 invalid_name'),
  httpCase('a path that does not exist', { path: '/api/nothing' }, '404 not_found'),
  httpCase(
    'members of a circle that does not exist',
    { path: '/api/circles/nobody-was-ever-here/members' },
    '404 not_found',
  ),
  bodyCase('over 256 KB', { content: 'x'.repeat(300_000) }, '413 too_large'),
  bodyCase('a message over 32 KiB', { content: 'x'.repeat(32_769) }, '413 too_large'),
  bodyCase('not JSON', '{nope', '400 bad_json'),
  bodyCase('JSON followed by more', '{"content":"x"} x', '400 bad_json'),
  bodyCase('empty', '', '400 bad_json'),
  bodyCase('another content type', { content: 'x' }, '415 unsupported_type', {
    headers: { 'content-type': 'text/plain' },
  }),
  bodyCase('a content type that only starts like JSON', { content: 'x' }, '415 unsupported_type', {
    headers: { 'content-type': 'application/jsonx' },
  }),
  ...['null', '[]', '"x"', '1'].map(text => bodyCase(text, text, '400 invalid')),
  bodyCase('nested 2,000 levels deep', `{"content":${'['.repeat(2_000)}${']'.repeat(2_000)}}`, '400 too_deep'),
  bodyCase('an unknown key', { content: 'x', user_id: 'admin' }, '400 invalid'),
  bodyCase('an own key __proto__', '{"content":"x","__proto__":{"polluted":1}}', '400 invalid'),
  bodyCase('content is a number', { content: 1 }, '400 invalid'),
  bodyCase('only spaces', { content: ' \n\t ' }, '400 empty'),
  bodyCase('a lone surrogate', '{"content":"\\ud800"}', '400 invalid'),
  bodyCase('an agent that does not exist', { content: 'x', to: 'nobody' }, '404 agent_unavailable'),
  bodyCase('an Idempotency-Key with spaces', { content: 'x' }, '400 invalid', {
    headers: { 'idempotency-key': 'not a key' },
  }),
  bodyCase('an Idempotency-Key of 65 characters', { content: 'x' }, '400 invalid', {
    headers: { 'idempotency-key': 'k'.repeat(65) },
  }),
  bodyCase('an invitation that does not exist', { invitation: 'made-up' }, '404 not_found', { path: '/join' }),
  bodyCase('an invitation by a member', {}, '403 forbidden', { path: '/invitations' }),
  ...[{}, { role: 'god' }, { muted: 'yes' }, { role: 'owner', id: 'x' }].map(
    (change): Case => ({
      area: 'HTTP body',
      input: `PATCH of a member with ${JSON.stringify(change)}`,
      expected: '400 invalid',
      run: async harness =>
        assertResponse(
          await harness.post(`/api/circles/${harness.circle}/members/x`, change, { method: 'PATCH' }),
          '400 invalid',
        ),
    }),
  ),
  {
    area: 'HTTP body',
    input: 'a member bans another',
    expected: '403 forbidden',
    run: async harness =>
      assertResponse(
        await harness.post(`/api/circles/${harness.circle}/members/x`, { banned: true }, { method: 'PATCH' }),
        '403 forbidden',
      ),
  },
  {
    area: 'HTTP body',
    input: 'a ticket without a kind of channel',
    expected: '400 invalid_name',
    run: async harness => assertResponse(await harness.post('/api/tickets', { channel: 'lobby' }), '400 invalid_name'),
  },
  {
    area: 'HTTP body',
    input: 'a ticket with an unknown key',
    expected: '400 invalid',
    run: async harness =>
      assertResponse(await harness.post('/api/tickets', { channel: 'circle:a', role: 'owner' }), '400 invalid'),
  },
  {
    area: 'HTTP',
    input: 'a preflight from a foreign page',
    expected: 'no access-control-allow-origin',
    async run(harness) {
      const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' }
      const response = await harness.request({
        method: 'OPTIONS',
        path: `/api/circles/${harness.circle}/messages`,
        headers,
        as: null,
      })
      assert.equal(response.headers['access-control-allow-origin'], undefined)
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
    ([name, status]): Case => ({
      area: 'name',
      input: `?name=${name.slice(0, 20)}`,
      expected: `${status}`,
      policy: 'open',
      run: async harness => {
        const response = await harness.requestUpgrade(`/ws/circles/${harness.circle}?name=${name}`, {}, null)
        assert.equal(response.status, status, response.text)
      },
    }),
  ),
  {
    area: 'name',
    input: 'a name that reverses the direction of text',
    expected: 'the mark is stripped',
    policy: 'open',
    async run(harness) {
      const socket = await harness.openSocket(`/ws/circles/${harness.circle}?name=ad%E2%80%AEa`, {
        protocols: ['circles.v1'],
        as: null,
      })
      const { data } = await socket.next()
      assert.deepEqual(data?.user, { id: 'guest:ada', name: 'ada', kind: 'guest', role: 'member' })
      await socket.close()
    },
  },
]
