import { CircleObject as Circle, RelayObject as Relay } from '../../src/worker.ts'
import { everySocket } from './behind-relays.ts'

// The Worker of the tests that run in workerd: Circles as it is deployed, and a class of circles with code of its own.
// Each export has its name here: the test plugin does not follow `export *`.

export {
  AgentChannelObject,
  ConnectedAgentObject,
  DocumentObject,
  default,
  InboxObject,
  PassesObject,
  Pickle,
  RegisterObject,
  Scribe,
  StatsObject,
  WorkspaceObject,
} from '../../src/worker.ts'
export { OwnCircle } from './own-circle.ts'

/** A circle; those whose names begin with `relayed-` have relays. */
export class CircleObject extends Circle {
  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, withRelays(state, env))
  }
}

/** A relay of such a circle. */
export class RelayObject extends Relay {
  constructor(state: DurableObjectState, env: Cloudflare.Env) {
    super(state, withRelays(state, env))
  }
}

function withRelays({ id }: DurableObjectState, env: Cloudflare.Env): Cloudflare.Env {
  return id.name?.startsWith('relayed-') ? { ...env, RELAYS: everySocket } : env
}
