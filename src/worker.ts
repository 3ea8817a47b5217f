import { compileRegex } from './agents/regex-rules.ts'
import { createApp } from './http/app.ts'
import { agentChannel, type ChannelKindDefinition, circle, workspace } from './protocol/channels/channel-kinds.ts'
import { builtinTables } from './protocol/tables.ts'
import { createQueue } from './queue/queue.ts'
import { roomCommands } from './rooms/commands/index.ts'
import { builtinHooks } from './rooms/hooks.ts'
import { channelObject } from './rooms/object/channel-object-base.ts'
import { builtinComponents } from './rooms/object/components.ts'

// The names of the classes are those that are deployed (wrangler.toml): renaming one would need a migration.
export { Pickle } from './agents/builtin/pickle.ts'
export { Scribe } from './agents/builtin/scribe.ts'
export { CircleDirectory as RegisterObject } from './deployment/directory/object.ts'
export { Statistics as StatsObject } from './deployment/stats/object.ts'
export { TokenRegistry as PassesObject } from './deployment/tokens/object.ts'

const objectOf = (kind: ChannelKindDefinition) =>
  channelObject({
    kind,
    events: builtinTables.events,
    commands: roomCommands,
    hooks: builtinHooks,
    regex: compileRegex,
    components: builtinComponents,
  })

/** The object of a circle. */
export class CircleObject extends objectOf(circle) {}

/** The object of a workspace. */
export class WorkspaceObject extends objectOf(workspace) {}

/** The object of an agent's own channel. */
export class AgentChannelObject extends objectOf(agentChannel) {}

/** The Worker: serves HTTP requests and consumes the queue of events. */
export default { fetch: createApp(builtinTables).fetch, queue: createQueue(builtinTables) }
