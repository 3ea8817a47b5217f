import type { ChannelKinds } from '../../protocol/channels/channel-kinds.ts'
import type { CommandTable } from '../../protocol/commands/command-table.ts'
import { native } from '../../protocol/dialects/native.ts'
import type { EventRegistry } from '../../protocol/events/event-registry.ts'
import { statsFrame } from '../../protocol/stats.ts'
import type { ProtocolTables } from '../../protocol/tables.ts'
import { commandFrame, ephemeralData, ephemeralFrame, eventFrame } from '../../protocol/wire.ts'
import { Components, type JsonSchema } from './json-schema.ts'

const statsChannel: JsonSchema = {
  address: '/ws/stats',
  description:
    'The figures of the deployment, for those who own it: at first, and at most once a second while they change.',
  messages: { frame_stats: { $ref: '#/components/messages/frame_stats' } },
}

/** Makes the AsyncAPI document of the native dialect from the schemas that check its frames. */
export function asyncApi(tables: ProtocolTables): JsonSchema {
  const components = new Components()
  const commands = commandMessages(tables.commands, components)
  const frames = frameMessages(tables.events, components)
  const names = { commands: Object.keys(commands), frames: Object.keys(frames) }
  const channels = nativeChannels(tables.kinds)
  const stats = message('Says: what this deployment is doing', components.of(statsFrame, 'output'))
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Circles, over WebSocket',
      version: '1',
      description: `The native dialect, subprotocol \`${native.subprotocol}\`. A server may send a JSON array of frames: they are taken in order.`,
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: Object.fromEntries([
      ...channels.map(channel => [channel.id, describeChannel(channel, [...names.commands, ...names.frames])]),
      ['stats', statsChannel],
    ]),
    operations: Object.fromEntries([
      ...channels.flatMap(({ id }) => [
        [`${id}Ask`, describeOperation('receive', id, names.commands)],
        [`${id}Hear`, describeOperation('send', id, names.frames)],
      ]),
      ['statsHear', describeOperation('send', 'stats', ['frame_stats'])],
    ]),
    components: { messages: { ...commands, ...frames, frame_stats: stats }, schemas: components.all() },
  }
}

function commandMessages(commands: CommandTable, components: Components): JsonSchema {
  const messages = [...commands].map(([type, spec]) => [
    `command_${type}`,
    message(`Asks: ${type}`, components.of(commandFrame(type, spec), 'input')),
  ])
  return Object.fromEntries(messages)
}

function frameMessages(events: EventRegistry, components: Components): JsonSchema {
  const event = eventFrame(events)
  const ephemeral = Object.entries(ephemeralData(event)).map(([type, data]) => [
    `frame_${type}`,
    message(`Says: ${type}`, components.of(ephemeralFrame(type, data), 'output')),
  ])
  return {
    ...Object.fromEntries(ephemeral),
    event: message('Says: a logged event', components.of(event, 'output')),
  }
}

function message(summary: string, payload: JsonSchema): JsonSchema {
  return { summary, payload }
}

type NativeChannel = { id: string; path: string; about: string }

/** The kinds with a socket that offers the native dialect, and its path. */
function nativeChannels(kinds: ChannelKinds): NativeChannel[] {
  return [...kinds.values()].flatMap(({ kind, sockets, docs }) => {
    const socket = sockets.find(({ dialects }) => dialects.some(name => name === native.name))
    return socket === undefined ? [] : [{ id: kind, path: socket.path, about: docs.socket }]
  })
}

function describeChannel({ path, about }: NativeChannel, names: string[]): JsonSchema {
  return {
    address: `${path}/{name}`,
    description: `One ordered log: ${about}.`,
    parameters: { name: { description: 'The name, as in the path.' } },
    messages: Object.fromEntries(names.map(name => [name, { $ref: `#/components/messages/${name}` }])),
  }
}

/** An operation from the server's side: it receives commands and sends frames. */
function describeOperation(action: 'send' | 'receive', id: string, names: string[]): JsonSchema {
  return {
    action,
    channel: { $ref: `#/channels/${id}` },
    messages: names.map(name => ({ $ref: `#/channels/${id}/messages/${name}` })),
  }
}
