import type { Principal } from '../auth/principal.ts'
import type { CircleDescription, SearchPage } from '../protocol/channels/circles.ts'
import type { Region } from '../protocol/channels/region.ts'
import type { Command, Configuration } from '../protocol/commands/commands.ts'
import type { InvitationEntry, MemberAct, MemberEntry } from '../protocol/commands/member-schema.ts'
import type { AnyPublication, PublicationResult } from '../protocol/commands/publish-schema.ts'
import type { Cost } from '../protocol/cost/schema.ts'
import type { OwnEvent } from '../protocol/define-protocol.ts'
import type { DialectName } from '../protocol/dialects/index.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { ArchiveEvent, ArchiveRow } from '../protocol/events/archive.ts'
import type { EventData, EventType } from '../protocol/events/events.ts'
import type { EphemeralOf } from '../protocol/frames.ts'
import type { Webhook, WebhookChange } from '../protocol/webhooks.ts'

// Method names and keys in this folder are a wire: while a deploy waits for an object to hibernate (wrangler.toml,
// `code_update_strategy`), a new Worker calls old objects, and old objects call new ones.

/** An authenticated caller: who they are and what they connect to or ask for. */
export type CallerContext = {
  channel: string // name without its kind
  principal: Principal | null // null: a plain socket that still has to send `auth`
  dialect: DialectName
  agent: string | null // the agent of a text socket
  ticket: { id: string; expires: number } | null // to be consumed by this request
  since: number | null // resume after this seq …
  epoch: string | null // … of this log; a `since` without it is never resumed
  region?: Region | undefined // where a channel that does not exist yet is to be: it lists that
  signals?: true // it asked for signals, which its dialect does not show unless asked
  relay?: string // at which its socket stands
  ring?: true // that relay has the events after `since`, and sends them itself
  request?: string | undefined // the request id that the log uses; a queue has none
}

/** A caller of whom it is known who they are. */
export type IdentifiedCaller = CallerContext & { principal: Principal }

/** The frames that respond to a command. */
export type CommandResponse = EphemeralOf<'ack' | 'error' | 'history' | 'pong'>

/** The response to a command without a socket, the log's epoch and head, and the room instance that ran the command. */
export type CommandResult = { answer: CommandResponse; epoch: string; head: number; instance: string }

/** The result of an act on the members: one member, all of them, the invitations, or the reason nothing was done. */
export type MembersResult =
  | { refused: Refusal }
  | { member: MemberEntry }
  | { members: MemberEntry[]; more?: true }
  | { invitations: InvitationEntry[] }
  | { done: true }

/** One line that a workspace sends to the circles it is linked to: what changed in it. */
export type Digest = {
  workspace: string
  epoch: string // of the workspace's log
  from: number // seq of the first event in it …
  to: number // … and of the last
  line: string
}

/** The seq of the workspace up to which a circle has received digests; `null`: it is not linked. */
export type DigestReceipt = number | null | 'failed'

type WebhookAct =
  | { do: 'list' }
  | { do: 'make'; url: string; events: EventType[] | null; secret: string }
  | { do: 'change'; id: string; change: WebhookChange }
  | { do: 'remove'; id: string }
  | { do: 'again'; id: string; seq: number }

/** A request over HTTP that no socket can make. */
export type AdminRequest =
  | { do: 'describe' }
  | { do: 'cost' }
  | { do: 'create'; configuration: Configuration; region?: Region | undefined }
  | { do: 'delete' }
  | { do: 'search'; q: string; limit: number; before?: number | undefined; from?: string | undefined }
  | { do: 'export'; after: number; row?: number }
  | { do: 'webhooks'; act: WebhookAct }
  | { do: 'agents' } // may the caller change the agents of this circle? If so, they are listed anew
  | { do: 'component'; name: string; request: unknown; creates?: boolean; admits?: boolean } // what a component of this name answers; `admits`: also to somebody who is no member
  | {
      do: 'import'
      step: { replace: boolean } | { id: string; events: ArchiveEvent[]; rows?: ArchiveRow[] } | { id: string }
    }

/** A page of an export. `text`: lines; `next`: the `after` of the next page, null at the end; `nextRow`: its `row`. */
export type ExportPage = { text: string; next: number | null; nextRow?: number; epoch: string }

/** The value that each admin request returns. */
export type AdminResults = {
  describe: CircleDescription
  cost: Cost
  create: CircleDescription
  delete: null
  search: SearchPage
  export: ExportPage
  import: { id: string; events: number }
  webhooks: { webhooks: Webhook[] } | { webhook: Webhook }
  agents: null
  component: unknown
}

/** The name of an admin request. */
export type AdminRequestName = AdminRequest['do']

/** The admin request of this name. */
export type AdminRequestOf<Name extends AdminRequestName> = Extract<AdminRequest, { do: Name }>

/** The value of an admin request, or the reason it was refused. */
export type AdminResult<Name extends AdminRequestName = AdminRequestName> =
  | { value: AdminResults[Name] }
  | { refused: Refusal }

/** An event of a circle's own protocol, to be logged. With an id, it is logged once. */
export type OwnEntry = { type: string; data: object; id: string | null }

/** The event that was logged, or the reason why none was. */
export type OwnResult = { event: OwnEvent } | { refused: Refusal }

/** The methods of a channel's object. */
export interface ChannelRpc {
  /** Accepts the WebSocket of an upgrade that the Worker has authenticated. */
  fetch(request: Request): Promise<Response>
  /** Runs one command without a socket. Null: the channel does not exist, and only a message creates it. */
  ask(caller: IdentifiedCaller, command: Command): CommandResult | null | Promise<CommandResult | null>
  /** Logs an event of the circle's own protocol, for the Worker. It creates the circle. */
  append(caller: IdentifiedCaller, entry: OwnEntry): OwnResult | Promise<OwnResult>
  /** Stores the events of other programs; returns a result for each, in order. */
  publish(caller: IdentifiedCaller, publications: AnyPublication[]): PublicationResult[] | Promise<PublicationResult[]>
  /** Reads or changes the members. Null: the channel does not exist. */
  manage(caller: IdentifiedCaller, act: MemberAct): MembersResult | null
  /** Runs an admin request. Null: the channel does not exist, and only `create` creates it. */
  serve<Name extends AdminRequestName>(
    caller: IdentifiedCaller,
    request: AdminRequestOf<Name>,
  ): Promise<AdminResult<Name> | null>
  /**
   * Closes the sessions whose token was issued to this user until `before` (ms). Returns whether the user still has a
   * session here, by a later token. Objects of older versions return nothing.
   */
  revoke(user: string, before: number): boolean | undefined
  /** Logs what this channel's agent is doing in a circle. */
  report(data: EventData<'agent_activity'>): void
  /** An agent that connects is there: turns that wait for it are called now. Objects of older versions have no such method. */
  agentConnected(agent: string): void
  /** Stores a digest of what changed in a linked workspace. Null: this channel does not exist, or is not linked. */
  hearDigest(digest: Digest): DigestReceipt
}
