import { inboxApi } from '../../src/http/inbox-api.ts'
import { fileEndpoints } from '../../src/http/routes/files.ts'
import { documentEndpoints } from '../../src/http/routes/shared-documents.ts'
import { ownSite, type Site } from '../../src/http/site.ts'
import { connectedAgents } from '../../src/server/connected-agents.ts'

/** How our own Worker serves Circles, without what describes it. */
export const builtinSite: Site = {
  ...ownSite,
  documents: documentEndpoints,
  files: fileEndpoints,
  inbox: inboxApi,
  connectedAgents: connectedAgents.site,
}
