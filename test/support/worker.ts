// The Worker of the tests that run in workerd: Circles as it is deployed, and a class of circles with code of its own.
// Each export has its name here: the test plugin does not follow `export *`.

export {
  AgentChannelObject,
  CircleObject,
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
