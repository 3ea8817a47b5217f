import type { ArchiveEvent } from '../../protocol/archive.ts'
import type { CircleDescription, SearchPage } from '../../protocol/circles.ts'
import type { Configuration } from '../../protocol/commands.ts'
import type { Cost } from '../../protocol/cost/schema.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { EventType } from '../../protocol/events.ts'
import type { Webhook, WebhookChange } from '../../protocol/webhooks.ts'
import type { Effect } from '../effects.ts'

// What HTTP asks of a channel besides commands: things no socket can ask for.

type WebhookAct =
  | { do: 'list' }
  | { do: 'make'; url: string; events: EventType[] | null; secret: string }
  | { do: 'change'; id: string; change: WebhookChange }
  | { do: 'remove'; id: string }
  | { do: 'again'; id: string; seq: number }

export type AdminRequest =
  | { do: 'describe' }
  | { do: 'cost' }
  | { do: 'create'; configuration: Configuration }
  | { do: 'delete' }
  | { do: 'search'; q: string; limit: number }
  | { do: 'export'; after: number }
  | { do: 'webhooks'; act: WebhookAct }
  | { do: 'import'; step: { replace: boolean } | { id: string; events: ArchiveEvent[] } | { id: string } }

/** What comes of each. */
export type AdminResults = {
  describe: CircleDescription
  cost: Cost
  create: CircleDescription
  delete: null
  search: SearchPage
  export: { text: string; next: number | null; epoch: string }
  import: { id: string; events: number }
  webhooks: { webhooks: Webhook[] } | { webhook: Webhook }
}

export type AdminRequestName = AdminRequest['do']
export type AdminRequestOf<Name extends AdminRequestName> = Extract<AdminRequest, { do: Name }>

/** What comes of it. */
export type AdminResult<Name extends AdminRequestName = AdminRequestName> =
  | { value: AdminResults[Name] }
  | { refused: Refusal }

/** What comes of it, and what must be said because of it. */
export type AdminOutcome<Name extends AdminRequestName> = { served: AdminResult<Name>; effects: Effect[] }

export function ok<Name extends AdminRequestName>(
  value: AdminResults[Name],
  effects: Effect[] = [],
): AdminOutcome<Name> {
  return { served: { value }, effects }
}

export function refusedResult<Name extends AdminRequestName>(
  refused: Refusal,
  effects: Effect[] = [],
): AdminOutcome<Name> {
  return { served: { refused }, effects }
}
