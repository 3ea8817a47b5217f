import type { Effect } from '../effects.ts'
import type { Parts } from '../parts.ts'
import type { Session } from '../session.ts'
import { costOf } from './cost.ts'
import { find } from './find.ts'
import { tendWebhooks } from './hooks.ts'
import { create, describe, remove } from './life.ts'
import type { Served, Service } from './service.ts'
import { exportLines, importLog } from './transfer.ts'

/** Does what HTTP asks for. Whoever asks may read here; what needs more is refused below. */
export function serve(
  room: Parts,
  session: Session,
  service: Service,
  now: number,
): { served: Served; effects: Effect[] } {
  switch (service.do) {
    case 'describe':
      return describe(room)
    case 'cost':
      return costOf(room, session, now)
    case 'create':
      return create(room, session, service, now)
    case 'delete':
      return remove(room, session)
    case 'search':
      return find(room, service)
    case 'export':
      return exportLines(room, service)
    case 'webhooks':
      return tendWebhooks(room, session, service)
    case 'import':
      return importLog(room, session, service)
    default:
      return service satisfies never
  }
}
