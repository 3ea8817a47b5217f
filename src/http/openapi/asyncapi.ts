import { builtinEvents } from '../../protocol/builtin-events.ts'
import { builtinCommands } from '../../protocol/commands.ts'
import { statsFrame } from '../../protocol/stats.ts'
import { subprotocol } from '../../protocol/version.ts'
import { commandFrame, ephemeralData, ephemeralFrame, eventFrame } from '../../protocol/wire.ts'
import { Components, type JsonSchema } from './json-schema.ts'

const doors = {
  circle: { address: '/ws/circles/{name}', of: 'a circle: people and agents talking' },
  workspace: { address: '/ws/workspaces/{name}', of: 'a workspace: files and git' },
  agent: { address: '/ws/agents/{name}', of: 'what one agent is doing, across circles' },
} as const
type Door = keyof typeof doors

const stats: JsonSchema = {
  address: '/ws/stats',
  description:
    'The figures of the deployment, for those who own it: at first, and at most once a second while they change.',
  messages: { frame_stats: { $ref: '#/components/messages/frame_stats' } },
}

/** The AsyncAPI document of the native WebSocket side, made from the schemas that check and describe it. */
export function asyncApi(): JsonSchema {
  const components = new Components()
  const commands = [...builtinCommands]
  const event = eventFrame(builtinEvents)
  const ephemeral = Object.entries(ephemeralData(event))
  const messages = Object.fromEntries([
    ...commands.map(([type, spec]) => [
      `command_${type}`,
      message(`Asks: ${type}`, components.of(commandFrame(type, spec), 'input')),
    ]),
    ...ephemeral.map(([type, data]) => [
      `frame_${type}`,
      message(`Says: ${type}`, components.of(ephemeralFrame(type, data), 'output')),
    ]),
    ['event', message('Says: a logged event', components.of(event, 'output'))],
    ['frame_stats', message('Says: what this deployment is doing', components.of(statsFrame, 'output'))],
  ])
  const sent = commands.map(([type]) => `command_${type}`)
  const heard = [...ephemeral.map(([type]) => `frame_${type}`), 'event']
  const all = Object.keys(doors) as Door[]
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Circles, over WebSocket',
      version: '1',
      description: `The native dialect, subprotocol \`${subprotocol}\`. A server may send a JSON array of frames: they are taken in order.`,
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: { ...Object.fromEntries(all.map(door => [door, channelOf(door, [...sent, ...heard])])), stats },
    operations: Object.fromEntries([
      ...all.flatMap(door => [
        [`${door}Ask`, operation('receive', door, sent)],
        [`${door}Hear`, operation('send', door, heard)],
      ]),
      ['statsHear', operation('send', 'stats', ['frame_stats'])],
    ]),
    components: { messages, schemas: components.all() },
  }
}

function message(summary: string, payload: JsonSchema): JsonSchema {
  return { summary, payload }
}

function channelOf(door: Door, names: string[]): JsonSchema {
  const { address, of } = doors[door]
  return {
    address,
    description: `One ordered log: ${of}.`,
    parameters: { name: { description: 'The name, as in the path.' } },
    messages: Object.fromEntries(names.map(name => [name, { $ref: `#/components/messages/${name}` }])),
  }
}

/** What the server does: it receives commands and sends frames. */
function operation(action: 'send' | 'receive', door: Door | 'stats', names: string[]): JsonSchema {
  return {
    action,
    channel: { $ref: `#/channels/${door}` },
    messages: names.map(name => ({ $ref: `#/channels/${door}/messages/${name}` })),
  }
}
