import { expect, test } from 'vitest'
import { asyncApi } from '../../src/http/openapi/asyncapi.ts'
import { createRoutes } from '../../src/http/routes.ts'
import { matchSocketRoute, socketPaths } from '../../src/http/sockets/socket-routes.ts'
import { readOffer } from '../../src/http/sockets/subprotocols.ts'
import { type ChannelKind, type ChannelKindDefinition, workspace } from '../../src/protocol/channels/channel-kinds.ts'
import { parseChannel } from '../../src/protocol/channels/channels.ts'
import { readLimits } from '../../src/protocol/channels/limits-setting.ts'
import { EventBus } from '../../src/protocol/events/bus-events.ts'
import { builtinTables, type ProtocolTables } from '../../src/protocol/tables.ts'
import { TestRoom } from '../support/test-room.ts'

// A kind of channel in a throw-away module: one entry, and its addresses, its API, its limits and its rights follow.

const notebook: ChannelKindDefinition = {
  ...workspace,
  kind: 'notebook' as ChannelKind,
  plural: 'notebooks' as ChannelKindDefinition['plural'],
  sockets: [
    { path: '/ws/notebooks', dialects: ['native', 'plain'] },
    { path: '/notes', dialects: ['plain'] },
  ],
  busKey: 'notebook_id' as ChannelKindDefinition['busKey'],
  speakers: 'moderator',
  publishes: ['file_changed'],
  retention: { events: 10 },
  limits: { ...workspace.limits, frame_bytes: 100, messages_per_second: 60, message_burst: 120 },
  docs: { noun: 'a notebook', socket: 'a notebook' },
}
const tables: ProtocolTables = { ...builtinTables, kinds: new Map([...builtinTables.kinds, ['notebook', notebook]]) }
const at = (path: string) => matchSocketRoute(new URL(path, 'https://circles.test'), tables.kinds)

test('its names are read, and its sockets open at its paths in its dialects', () => {
  expect(parseChannel('notebook:Ideas', tables.kinds)).toEqual({ kind: 'notebook', name: 'ideas' })
  expect(at('/ws/notebooks/ideas')).toEqual({ resource: 'notebook:ideas', dialects: ['native', 'plain'] })
  expect(at('/notes/ideas')).toEqual({ resource: 'notebook:ideas', dialects: ['plain'] })
  expect(at('/ws/circles/ideas')).toEqual({ resource: 'circle:ideas', dialects: ['native', 'plain'] })
  expect(socketPaths(tables.kinds)).toEqual([
    ...['/ws', '/ws/*', '/hocuspocus', '/hocuspocus/*', '/parties/document', '/parties/document/*'],
    ...['/notes', '/notes/*'],
  ])
  expect(matchSocketRoute(new URL('https://circles.test/ws/notebooks/ideas'), builtinTables.kinds)).toBeNull()
  expect(readOffer('circles.v1', ['native', 'plain'])).toEqual({ dialect: 'native', ticket: null })
  expect(readOffer('circles.v1', ['plain'])).toBeNull()
  expect(readOffer(null, ['native'])).toBeNull()
})

test('the API and its documents have it', () => {
  const { operations } = createRoutes(tables)
  const paths = Object.values(operations).flat()
  expect(paths).toContainEqual(
    expect.objectContaining({ path: '/api/notebooks/:name/events', summary: 'List the events of a notebook' }),
  )
  expect(paths).toContainEqual(
    expect.objectContaining({ path: '/api/notebooks/:name/cost', summary: 'Get what a notebook costs' }),
  )
  expect(asyncApi(tables)).toMatchObject({
    channels: {
      ws_notebooks_native: {
        address: '/ws/notebooks/{name}',
        description: 'One ordered log: a notebook. The dialect native, with the subprotocol `circles.v1`.',
      },
    },
    operations: { ws_notebooks_native_receive: { action: 'receive' }, notes_plain_send: { action: 'send' } },
  })
})

test('events of the bus reach it by its own key', () => {
  const bus = new EventBus(tables)
  const event = { id: 'e1', type: 'workspace.file_changed', notebook_id: 'Ideas', data: { path: 'a.ts' } }
  expect(bus.schema.parse(event)).toEqual(event)
  expect(bus.targetOf(bus.schema.parse(event))).toEqual({ kind: 'notebook', name: 'ideas' })
  expect(bus.targetOf({ ...event, workspace_id: 'acme' })).toBeNull()
})

test('a room of this kind has its rights, its retention and its limits', () => {
  const limits = readLimits('{"message_burst":200}', notebook.limits)
  expect(limits).toMatchObject({ frame_bytes: 100, messages_per_second: 60, message_burst: 200 })
  const room = new TestRoom({ channel: notebook, limits })
  const [ada, bob] = [room.open('ada', { role: 'moderator' }), room.open('bob')]
  for (const seat of [ada, bob]) room.take(seat)
  room.send(ada, { type: 'message', id: 'm1', data: { content: 'x'.repeat(100) } })
  expect(room.take(ada)).toMatchObject([{ type: 'error', data: { code: 'too_large' } }])
  room.send(ada, { type: 'message', id: 'm2', data: { content: 'hello' } })
  expect(room.take(ada)).toMatchObject([{ type: 'message', channel: 'notebook:dev' }, { type: 'ack' }])
  room.send(bob, { type: 'message', id: 'm3', data: { content: 'hello' } })
  expect(room.take(bob)).toMatchObject([{ type: 'message' }, { type: 'error', data: { code: 'read_only' } }])
  expect(room.room.context.settings.value.retention).toEqual({ events: 10 })
})
