import type { ChannelKindDefinition } from '../protocol/channels/channel-kinds.ts'
import { emptyProtocol } from '../protocol/define-protocol.ts'
import { builtinEvents } from '../protocol/events/builtin-events.ts'
import { roomCommands } from '../rooms/commands/index.ts'
import { builtinHooks } from '../rooms/hooks.ts'
import { channelObject } from '../rooms/object/channel-object-base.ts'
import { builtinComponents, type ComponentPorts } from '../rooms/object/components.ts'
import type { KindTables } from '../rooms/object/kind-tables.ts'
import { workspaceComponents } from '../rooms/object/workspace-components.ts'
import type { ComponentDefinition } from '../rooms/tables.ts'
import type { CircleClass } from './define-circle.ts'

/** What channels of a kind have beside what all have. */
export type ChannelFeatures = Pick<KindTables, 'admit' | 'resolveEnv' | 'wrappings'> & {
  component?(ports: ComponentPorts): ComponentDefinition
}

/** Makes the Durable Object class of another kind of channel: a workspace, the channel of an agent, a document. */
export function defineChannel(kind: ChannelKindDefinition, features: ChannelFeatures = {}): CircleClass {
  const { component, ...tables } = features
  const object = channelObject({
    kind,
    events: builtinEvents,
    commands: roomCommands,
    hooks: builtinHooks,
    regex: null,
    components: ports => [
      ...builtinComponents(ports, workspaceComponents(ports)),
      ...(component === undefined ? [] : [component(ports)]),
    ],
    ...tables,
  })
  return Object.assign(object, { protocol: emptyProtocol }) as unknown as CircleClass
}
