import type { Env } from '../../env.ts'
import { agentChannel, circle, workspace } from '../channel-kinds.ts'
import { ChannelObjectBase } from './channel-object-base.ts'

// One class for each kind of channel, because each has its own namespace. They differ in a value, not in behaviour.

export class CircleObject extends ChannelObjectBase {
  constructor(context: DurableObjectState, env: Env) {
    super(context, env, circle)
  }
}

export class WorkspaceObject extends ChannelObjectBase {
  constructor(context: DurableObjectState, env: Env) {
    super(context, env, workspace)
  }
}

export class AgentChannelObject extends ChannelObjectBase {
  constructor(context: DurableObjectState, env: Env) {
    super(context, env, agentChannel)
  }
}
