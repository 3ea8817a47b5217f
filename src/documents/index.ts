// `circles-rooms/documents`: documents of circles, in a Worker of one's own.

import { documentEndpoints } from '../http/routes/shared-documents.ts'
import { documentKind } from '../protocol/channels/channel-kinds.ts'
import type { DocumentsApi } from '../server/circles.ts'

/** The documents of circles, for `circles`: their kind of channel and their part of the HTTP API. */
export const documents: DocumentsApi = { kind: documentKind, endpoints: documentEndpoints }

export { circleDocuments } from './circle-feature.ts'
export { defineDocument } from './define-document.ts'
