import type { z } from 'zod/v4'
import type { ChannelKindDefinition, SocketRoute } from '../../protocol/channels/channel-kinds.ts'
import { dialectFrames } from '../../protocol/dialects/dialect-frames.ts'
import { type DialectName, dialects } from '../../protocol/dialects/index.ts'
import { inboxSchemas } from '../../protocol/inbox.ts'
import { statsFrame } from '../../protocol/stats.ts'
import type { ProtocolTables } from '../../protocol/tables.ts'
import { commandFrame, ephemeralData, ephemeralFrame, eventFrame } from '../../protocol/wire.ts'
import type { JsonSchema } from './json-schema.ts'
import { NamedSchemas } from './named-schemas.ts'
import { channelParameters, socketBinding } from './socket-parameters.ts'

/** The messages of a channel of the document, by name, as the server receives and sends them. */
type Messages = { received: Record<string, JsonSchema>; sent: Record<string, JsonSchema> }

/** Makes the AsyncAPI document of every socket, in each of its dialects, from the schemas that check the frames. */
export function asyncApi(tables: ProtocolTables, basePath = ''): JsonSchema {
  const schemas = new NamedSchemas()
  const messages = messagesByDialect(tables, schemas)
  const stats = { received: {}, sent: { stats: message('Statistics', schemas.add('stats', statsFrame, 'output')) } }
  const inbox = {
    received: {},
    sent: { inbox: message('Inbox', schemas.add('inbox', inboxSchemas().frame, 'output')) },
  }
  const channels = [
    ...socketChannels(tables).map(channel => ({
      ...channel,
      name: channel.dialect,
      messages: messages[channel.dialect],
    })),
    { id: 'stats', json: statsChannel, name: 'stats', messages: stats },
    { id: 'me', json: inboxChannel, name: 'inbox', messages: inbox },
  ]
  const all = Object.entries({ ...messages, stats, inbox })
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Circles, over WebSocket',
      version: '1',
      description:
        'A native socket has the subprotocol `circles.v1`; its server may send a JSON array of frames, in their order. PROTOCOL.md has the rules.',
      license: { name: 'MIT' },
    },
    servers: { deployment: basePath === '' ? server : { ...server, pathname: basePath } },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(
      channels.map(({ id, json, name, messages }) => [id, { ...json, messages: refs(name, messages) }]),
    ),
    operations: Object.fromEntries(channels.flatMap(({ id, messages }) => describeOperations(id, messages))),
    components: {
      messages: Object.fromEntries(all.flatMap(([name, list]) => Object.entries(byId(name, list)))),
      schemas: schemas.all(),
      securitySchemes,
    },
  }
}

const securitySchemes: JsonSchema = {
  token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  ticket: { type: 'httpApiKey', in: 'query', name: 'ticket', description: 'From POST /api/tickets, for browsers.' },
  queryToken: { type: 'httpApiKey', in: 'query', name: 'token', description: 'A token in the URL; prefer a ticket.' },
  guest: { type: 'httpApiKey', in: 'query', name: 'name', description: 'The name of a guest, under AUTH=open.' },
}

const server: JsonSchema = {
  host: '{host}',
  protocol: 'wss',
  description: 'A deployment; `npm start` serves ws://localhost:8000.',
  variables: { host: { default: 'localhost:8000', description: 'Host and port.' } },
  security: Object.keys(securitySchemes).map(name => ({ $ref: `#/components/securitySchemes/${name}` })),
}

const statsChannel: JsonSchema = {
  address: '/ws/stats',
  description:
    'The statistics of the deployment, for its owners: at once, and at most once a second while they change.',
}

const inboxChannel: JsonSchema = {
  address: '/ws/me',
  description:
    'What is for the caller in all of their circles: at once what is unread, then each item as it comes. Not for guests.',
}

type SocketChannel = { id: string; dialect: DialectName; json: JsonSchema }

/** Every address of a socket in each dialect that is offered there. */
function socketChannels({ kinds }: ProtocolTables): SocketChannel[] {
  return [...kinds.values()].flatMap(kind =>
    kind.sockets.flatMap(route => route.dialects.map(dialect => socketChannel(kind, route, dialect))),
  )
}

function socketChannel(
  { docs, within, hasLog }: ChannelKindDefinition,
  route: SocketRoute,
  dialect: DialectName,
): SocketChannel {
  const { subprotocol } = dialects[dialect]
  const offer = subprotocol === null ? 'without a subprotocol' : `with the subprotocol \`${subprotocol}\``
  return {
    id: `${route.path.slice(1).replaceAll('/', '_')}_${dialect}`,
    dialect,
    json: {
      address:
        route.query === undefined ? `${route.path}/${within === null ? '{name}' : '{circle}/{document}'}` : route.path,
      title: `${route.path}, ${dialect}`,
      description: `${hasLog ? 'One ordered log: ' : 'In binary frames: '}${docs.socket}. The dialect ${dialect}, ${offer}.`,
      ...(route.query === undefined && { parameters: channelParameters(route, within !== null) }),
      bindings: { ws: socketBinding(route, dialects[dialect].greets) },
    },
  }
}

function messagesByDialect(tables: ProtocolTables, schemas: NamedSchemas): Record<DialectName, Messages> {
  const others = Object.entries(dialectFrames(tables.events)).map(([dialect, { received, sent }]) => [
    dialect,
    {
      received: describeAll(received, (name, schema) => schemas.add(`${dialect}_in_${name}`, schema, 'input')),
      sent: describeAll(sent, (name, schema) => schemas.add(`${dialect}_out_${name}`, schema, 'output')),
    },
  ])
  return { ...Object.fromEntries(others), native: nativeMessages(tables, schemas) }
}

function nativeMessages({ commands, events }: ProtocolTables, schemas: NamedSchemas): Messages {
  const event = eventFrame(events)
  const sent = Object.entries(ephemeralData(event)).map(([type, data]) => [type, ephemeralFrame(type, data)])
  const received = [...commands].map(([type, spec]) => [type, commandFrame(type, spec)])
  return {
    received: describeAll(Object.fromEntries(received), (type, schema) =>
      schemas.add(`command_${type}`, schema, 'input'),
    ),
    sent: {
      ...describeAll(Object.fromEntries(sent), (type, schema) => schemas.add(`frame_${type}`, schema, 'output')),
      event: message('event', schemas.add('event', event, 'output')),
    },
  }
}

function describeAll(
  frames: Record<string, z.ZodType>,
  add: (name: string, schema: z.ZodType) => JsonSchema,
): Record<string, JsonSchema> {
  return Object.fromEntries(Object.entries(frames).map(([name, schema]) => [name, message(name, add(name, schema))]))
}

function message(title: string, payload: JsonSchema): JsonSchema {
  return { name: title, title, payload }
}

/** The messages of a channel under the ids that they have in the components. */
function byId(name: string, { received, sent }: Messages): Record<string, JsonSchema> {
  return Object.fromEntries([
    ...Object.entries(received).map(([type, json]) => [`${name}_in_${type}`, json]),
    ...Object.entries(sent).map(([type, json]) => [`${name}_out_${type}`, json]),
  ])
}

function refs(name: string, messages: Messages): JsonSchema {
  return Object.fromEntries(Object.keys(byId(name, messages)).map(id => [id, { $ref: `#/components/messages/${id}` }]))
}

/** The operations of a channel from the server's side: it receives frames and sends frames. */
function describeOperations(id: string, messages: Messages): [string, JsonSchema][] {
  const dialect = id === 'stats' ? 'stats' : id === 'me' ? 'inbox' : (id.split('_').at(-1) ?? id)
  const operation = (action: 'send' | 'receive', ids: string[]): JsonSchema => ({
    action,
    channel: { $ref: `#/channels/${id}` },
    messages: ids.map(one => ({ $ref: `#/channels/${id}/messages/${one}` })),
  })
  const receives = Object.keys(messages.received).map(type => `${dialect}_in_${type}`)
  const sends = Object.keys(messages.sent).map(type => `${dialect}_out_${type}`)
  return [
    ...(receives.length === 0 ? [] : [[`${id}_receive`, operation('receive', receives)] as [string, JsonSchema]]),
    [`${id}_send`, operation('send', sends)],
  ]
}
