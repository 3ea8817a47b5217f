import type { Effect } from '../effects.ts'
import type { RoomContext } from '../parts.ts'
import type { Session } from '../session.ts'
import { costOf } from './cost.ts'
import { searchMessages } from './find.ts'
import { manageWebhooks } from './hooks.ts'
import { createCircle, deleteCircle, describeCircle } from './life.ts'
import type { AdminRequest, AdminResult } from './service.ts'
import { exportPage, importLog } from './transfer.ts'

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
