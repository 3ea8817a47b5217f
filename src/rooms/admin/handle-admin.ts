import type { RoomContext } from '../context.ts'
import type { Effect } from '../effects.ts'
import type { Session } from '../sessions/session.ts'
import type { AdminRequest, AdminResult } from './admin.ts'
import { costOf } from './cost.ts'
import { exportPage, importLog } from './export-import.ts'
import { createCircle, deleteCircle, describeCircle } from './lifecycle.ts'
import { searchMessages } from './search.ts'
import { manageWebhooks } from './webhooks.ts'

/** Does what HTTP asks for. Whoever asks may read here; what needs more is refused below. */
export function handleAdmin(
  context: RoomContext,
  session: Session,
  service: AdminRequest,
  now: number,
): { served: AdminResult; effects: Effect[] } {
  switch (service.do) {
    case 'describe':
      return describeCircle(context)
    case 'cost':
      return costOf(context, session, now)
    case 'create':
      return createCircle(context, session, service, now)
    case 'delete':
      return deleteCircle(context, session)
    case 'search':
      return searchMessages(context, service)
    case 'export':
      return exportPage(context, service)
    case 'webhooks':
      return manageWebhooks(context, session, service)
    case 'import':
      return importLog(context, session, service)
    default:
      return service satisfies never
  }
}
