import * as z from 'zod/v4'
import { atLeast } from '../protocol/roles.ts'
import type { ComponentResult } from '../rooms/component.ts'
import type { RoomContext } from '../rooms/context.ts'
import { refuseWriting } from '../rooms/hooks.ts'
import { refusal } from '../rooms/outcome.ts'
import type { Session } from '../rooms/sessions/session.ts'
import type { DocumentPorts } from './document-ports.ts'
import { tooLarge } from './refusals.ts'
import { isSame } from './same-principal.ts'
import type { SharedDocument } from './shared-document.ts'

/** What the HTTP API and the circle ask of a document. */
export const documentRequest = z.discriminatedUnion('do', [
  z.object({ do: z.literal('rights') }),
  z.object({ do: z.literal('export') }),
  z.object({ do: z.literal('import'), update: z.instanceof(Uint8Array) }),
])

/** A request to a document. */
export type DocumentRequest = z.infer<typeof documentRequest>

type Parts = { context: RoomContext; document: SharedDocument; ports: DocumentPorts }

/** Answers a request that is no frame of a socket. */
export function answerRequest(parts: Parts, session: Session, request: DocumentRequest, now: number): ComponentResult {
  switch (request.do) {
    case 'rights':
      return askRights(parts, session)
    case 'export':
      return { value: parts.document.state }
    case 'import':
      return importUpdate(parts, session, request.update, now)
    default:
      return request satisfies never
  }
}

/** Asks for the rights of everybody who has it open; only the circle wants that. */
function askRights({ context, ports }: Parts, { user }: Session): ComponentResult {
  if (!atLeast(user.role, 'owner')) return { refused: refusal('forbidden', 'Only the circle asks for this.') }
  const principals = [...context.sessions.values()].map(({ principal }) => principal)
  const distinct = principals.filter((one, index) => principals.findIndex(other => isSame(one, other)) === index)
  if (distinct.length > 0) ports.askRights(distinct)
  return { value: { open: context.sessions.size } }
}

/** Merges an update into the document, as an edit. */
function importUpdate(
  { context, document }: Parts,
  session: Session,
  update: Uint8Array,
  now: number,
): ComponentResult {
  const refused = refuseWriting(context, session)
  if (refused !== null) return { refused }
  const [applied] = document.applyAll([update], now)
  if (applied === 'changed' || applied === 'known') return { value: null }
  if (applied === 'too_large') return { refused: tooLarge(context.limits.document_bytes) }
  return { refused: refusal('invalid', 'This is no whole document of Yjs.') }
}
