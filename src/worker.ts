import { circleDocuments, defineDocument, documents } from './documents/index.ts'
import { emptyProtocol } from './protocol/define-protocol.ts'
import {
  agentChannel,
  apiDocs,
  circles,
  connectedAgents,
  defineChannel,
  defineCircle,
  direct,
  discovery,
  files,
  inbox,
  prometheus,
  regularExpressions,
  relays,
  workspace,
} from './server/index.ts'

// The names of the classes are those that are deployed (wrangler.toml): renaming one would need a migration.
export { Pickle } from './agents/builtin/pickle.ts'
export { Scribe } from './agents/builtin/scribe.ts'
export {
  CircleDirectory as RegisterObject,
  CircleRelay as RelayObject,
  ConnectedAgent as ConnectedAgentObject,
  Inbox as InboxObject,
  Statistics as StatsObject,
  TokenRegistry as PassesObject,
} from './server/index.ts'

/** The object of a circle. */
export class CircleObject extends defineCircle(emptyProtocol, {
  regularExpressions,
  documents: circleDocuments,
  files,
  direct,
  inbox,
  connectedAgents,
  relays,
}) {}

/** The object of a workspace. */
export class WorkspaceObject extends defineChannel(workspace) {}

/** The object of an agent's own channel. */
export class AgentChannelObject extends defineChannel(agentChannel) {}

/** The object of a document. */
export class DocumentObject extends defineDocument() {}

const kinds = [workspace, agentChannel]
const mcp = () => import('./mcp/index.ts')
const passed = { documents, files, direct, inbox, connectedAgents, relays, apiDocs, prometheus, discovery, mcp }
const { fetch, queue } = circles({ protocol: emptyProtocol, kinds, ...passed })

/** The Worker: serves HTTP requests and consumes the queue of events. */
export default { fetch, queue }
