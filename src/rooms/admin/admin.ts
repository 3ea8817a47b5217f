import type { ArchiveEvent } from '../../protocol/archive.ts'
import type { CircleDescription, SearchPage } from '../../protocol/circles.ts'
import type { Configuration } from '../../protocol/commands.ts'
import type { Cost } from '../../protocol/cost/schema.ts'
import type { Refusal } from '../../protocol/errors.ts'
import type { EventType } from '../../protocol/events.ts'
import type { Webhook, WebhookChange } from '../../protocol/webhooks.ts'
import { nothing, type Outcome } from '../outcome.ts'

// Requests of the HTTP API that are not commands: no socket can make them.

/** A change of a circle's webhooks. */
type WebhookAct =
  | { do: 'list' }
  | { do: 'make'; url: string; events: EventType[] | null; secret: string }
  | { do: 'change'; id: string; change: WebhookChange }
  | { do: 'remove'; id: string }
  | { do: 'again'; id: string; seq: number }

/** A request, by what it does. */
export type AdminRequest =
  | { do: 'describe' }
  | { do: 'cost' }
  | { do: 'create'; configuration: Configuration }
  | { do: 'delete' }
  | { do: 'search'; q: string; limit: number }
  | { do: 'export'; after: number }
  | { do: 'webhooks'; act: WebhookAct }
  | { do: 'import'; step: { replace: boolean } | { id: string; events: ArchiveEvent[] } | { id: string } }

/** The value of each request. */
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

/** The name of a request. */
export type AdminRequestName = AdminRequest['do']
/** The request of a name. */
export type AdminRequestOf<Name extends AdminRequestName> = Extract<AdminRequest, { do: Name }>

/** The result of a request. */
export type AdminResult<Name extends AdminRequestName = AdminRequestName> =
  | { value: AdminResults[Name] }
  | { refused: Refusal }

/** The result of a request, and what follows from it for the room. */
export type AdminOutcome<Name extends AdminRequestName> = { result: AdminResult<Name>; outcome: Outcome }

/** A request was carried out. */
export function ok<Name extends AdminRequestName>(
  value: AdminResults[Name],
  outcome: Outcome = nothing,
): AdminOutcome<Name> {
  return { result: { value }, outcome }
}

/** A request was refused. */
export function refused<Name extends AdminRequestName>(
  refusal: Refusal,
  outcome: Outcome = nothing,
): AdminOutcome<Name> {
  return { result: { refused: refusal }, outcome }
}
