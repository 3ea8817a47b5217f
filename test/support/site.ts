import { inboxApi } from '../../src/http/inbox-api.ts'
import { directEndpoints } from '../../src/http/routes/direct.ts'
import { fileEndpoints } from '../../src/http/routes/files.ts'
import { documentEndpoints } from '../../src/http/routes/shared-documents.ts'
import { ownSite, type PassedEndpoints, type Site } from '../../src/http/site.ts'
import { connectedAgents } from '../../src/server/connected-agents.ts'
import { relays } from '../../src/server/relays.ts'

/** How our own Worker serves Circles, without what describes it. */
export const builtinSite: Site = {
  ...ownSite,
  documents: documentEndpoints,
  files: fileEndpoints,
  direct: directEndpoints() as unknown as PassedEndpoints,
  inbox: inboxApi,
  connectedAgents: connectedAgents.site,
  relays: relays.route,
}
