import type { Env } from '../../env.ts'
import { builtinEvents } from '../../protocol/builtin-events.ts'
import { agentChannel, type ChannelKindDefinition, circle, workspace } from '../../protocol/channel-kinds.ts'
import { builtinCommands } from '../commands/index.ts'
import { builtinHooks } from '../hooks.ts'
import { ChannelObjectBase } from './channel-object-base.ts'
import type { KindTables } from './room-host.ts'

// One class for each kind of channel, because each has a namespace of its own. They differ in a value.

const tables = { commands: builtinCommands, events: builtinEvents, hooks: builtinHooks }
const tablesOf = (kind: ChannelKindDefinition): KindTables => ({ kind, ...tables })

/** The object of a circle. */
export class CircleObject extends ChannelObjectBase {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, tablesOf(circle))
  }
}

/** The object of a workspace. */
export class WorkspaceObject extends ChannelObjectBase {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, tablesOf(workspace))
  }
}

/** The object of an agent's own channel. */
export class AgentChannelObject extends ChannelObjectBase {
  constructor(state: DurableObjectState, env: Env) {
    super(state, env, tablesOf(agentChannel))
  }
}
