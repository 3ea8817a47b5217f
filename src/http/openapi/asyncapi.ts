import { builtinEvents } from '../../protocol/builtin-events.ts'
import { builtinCommands } from '../../protocol/commands.ts'
import { statsFrame } from '../../protocol/stats.ts'
import { subprotocol } from '../../protocol/version.ts'
import { commandFrame, ephemeralData, ephemeralFrame, eventFrame } from '../../protocol/wire.ts'
import { Components, type JsonSchema } from './json-schema.ts'

const channels = {
  circle: { address: '/ws/circles/{name}', of: 'a circle: people and agents talking' },
  workspace: { address: '/ws/workspaces/{name}', of: 'a workspace: files and git' },
  agent: { address: '/ws/agents/{name}', of: 'what one agent is doing, across circles' },
} as const
type ChannelId = keyof typeof channels

const statsChannel: JsonSchema = {
  address: '/ws/stats',
  description:
    'The figures of the deployment, for those who own it: at first, and at most once a second while they change.',
  messages: { frame_stats: { $ref: '#/components/messages/frame_stats' } },
}

const event = eventFrame(builtinEvents)
const ephemerals = Object.entries(ephemeralData(event))
const commandNames = [...builtinCommands.keys()].map(type => `command_${type}`)
const frameNames = [...ephemerals.map(([type]) => `frame_${type}`), 'event']

/** Makes the AsyncAPI document of the native dialect from the schemas that check its frames. */
export function asyncApi(): JsonSchema {
  const components = new Components()
  const messages = describeMessages(components)
  const ids = Object.keys(channels) as ChannelId[]
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Circles, over WebSocket',
      version: '1',
      description: `The native dialect, subprotocol \`${subprotocol}\`. A server may send a JSON array of frames: they are taken in order.`,
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: { ...Object.fromEntries(ids.map(id => [id, describeChannel(id)])), stats: statsChannel },
    operations: Object.fromEntries([
      ...ids.flatMap(id => [
        [`${id}Ask`, describeOperation('receive', id, commandNames)],
        [`${id}Hear`, describeOperation('send', id, frameNames)],
      ]),
      ['statsHear', describeOperation('send', 'stats', ['frame_stats'])],
    ]),
    components: { messages, schemas: components.all() },
  }
}

function describeMessages(components: Components): JsonSchema {
  const messages = [
    ...[...builtinCommands].map(([type, spec]) =>
      message(`Asks: ${type}`, components.of(commandFrame(type, spec), 'input')),
    ),
    ...ephemerals.map(([type, data]) => message(`Says: ${type}`, components.of(ephemeralFrame(type, data), 'output'))),
    message('Says: a logged event', components.of(event, 'output')),
  ]
  const names = [...commandNames, ...frameNames]
  return {
    ...Object.fromEntries(names.map((name, index) => [name, messages[index]])),
    frame_stats: message('Says: what this deployment is doing', components.of(statsFrame, 'output')),
  }
}

function message(summary: string, payload: JsonSchema): JsonSchema {
  return { summary, payload }
}

function describeChannel(id: ChannelId): JsonSchema {
  const { address, of } = channels[id]
  return {
    address,
    description: `One ordered log: ${of}.`,
    parameters: { name: { description: 'The name, as in the path.' } },
    messages: Object.fromEntries(
      [...commandNames, ...frameNames].map(name => [name, { $ref: `#/components/messages/${name}` }]),
    ),
  }
}

/** An operation from the server's side: it receives commands and sends frames. */
function describeOperation(action: 'send' | 'receive', id: ChannelId | 'stats', names: string[]): JsonSchema {
  return {
    action,
    channel: { $ref: `#/channels/${id}` },
    messages: names.map(name => ({ $ref: `#/channels/${id}/messages/${name}` })),
  }
}
