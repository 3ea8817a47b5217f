import type { ChannelKindDefinition } from '../protocol/channels/channel-kinds.ts'
import { emptyProtocol } from '../protocol/define-protocol.ts'
import { builtinEvents } from '../protocol/events/builtin-events.ts'
import { roomCommands } from '../rooms/commands/index.ts'
import { builtinHooks } from '../rooms/hooks.ts'
import { channelObject } from '../rooms/object/channel-object-base.ts'
import { builtinComponents } from '../rooms/object/components.ts'
import { workspaceComponents } from '../rooms/object/workspace-components.ts'
import type { CircleClass } from './define-circle.ts'

/** Makes the Durable Object class of another kind of channel: a workspace, or the channel of an agent. */
export function defineChannel(kind: ChannelKindDefinition): CircleClass {
  const object = channelObject({
    kind,
    events: builtinEvents,
    commands: roomCommands,
    hooks: builtinHooks,
    regex: null,
    components: ports => builtinComponents(ports, workspaceComponents(ports)),
  })
  return Object.assign(object, { protocol: emptyProtocol }) as unknown as CircleClass
}
