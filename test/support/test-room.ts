import { compileRegex } from '../../src/agents/regex-rules.ts'
import type { TurnOutcome, TurnProgress } from '../../src/agents/run-turn.ts'
import type { Principal } from '../../src/auth/principal.ts'
import { type ChannelKindDefinition, circle } from '../../src/protocol/channels/channel-kinds.ts'
import type { CommandType } from '../../src/protocol/commands/commands.ts'
import type { MemberAct } from '../../src/protocol/commands/member-schema.ts'
import type { Publication, PublicationResult } from '../../src/protocol/commands/publish-schema.ts'
import { builtinEvents } from '../../src/protocol/events/builtin-events.ts'
import type { TurnRequest } from '../../src/protocol/turns.ts'
import { roomCommands } from '../../src/rooms/commands/index.ts'
import { builtinHooks } from '../../src/rooms/hooks.ts'
import { importTimeout } from '../../src/rooms/log/import-timeout.ts'
import { retention } from '../../src/rooms/log/retention.ts'
import { metering } from '../../src/rooms/metering/metering.ts'
import { DigestQueue, digests } from '../../src/rooms/outbound/digests/queue.ts'
import { webhooks } from '../../src/rooms/outbound/webhooks/queue.ts'
import type { Delivery } from '../../src/rooms/outbound/webhooks/webhook.ts'
import { workspaceState } from '../../src/rooms/outbound/workspace-info.ts'
import { responseOf } from '../../src/rooms/outcome.ts'
import type { TokenCheckResult } from '../../src/rooms/sessions/authenticate.ts'
import type { ComponentDefinition, RoomTables } from '../../src/rooms/tables.ts'
import type {
  AdminRequest,
  AdminResult,
  CommandResponse,
  Digest,
  DigestReceipt,
  MembersResult,
} from '../../src/rpc/channel.ts'
import { RoomInNode, type RoomOptions } from '../../src/testing/room-in-node.ts'
import type { TestSession } from '../../src/testing/test-session.ts'
import { standBehindRelay } from '../relay/behind-relay.ts'

export { start } from '../../src/testing/room-in-node.ts'
export type { AttachmentCodec, Frame, OpenOptions, TestSession } from '../../src/testing/test-session.ts'

type Options = RoomOptions & {
  channel?: ChannelKindDefinition
  tables?: Partial<RoomTables> // replace tables of the built-in rooms
}

/** A room of any kind in plain node, and what its digests, webhooks and agents bring back to it. */
export class TestRoom extends RoomInNode {
  readonly digests: { circle: string; digest: Digest }[] = []
  readonly webhookDeliveries: Delivery[] = []

  constructor({ channel = circle, tables = {}, ...options }: Options = {}) {
    super(options, room => ({ ...builtinTables(room as TestRoom, channel), ...tables }))
    if (process.env.CIRCLES_BEHIND_RELAYS === '1') standBehindRelay(this)
  }

  /** Publishes events as a program does, without a socket. */
  publish(name: string, publications: Publication[], role: Principal['role'] = 'member'): PublicationResult[] {
    return this.stepWithResult(room => room.publish(this.callerSession(name, role), publications, this.now))
  }

  /** Changes members as an HTTP request does. */
  manageMembers(
    name: string,
    act: MemberAct,
    role: Principal['role'] = 'member',
    kind: Principal['kind'] = 'person',
  ): MembersResult {
    return this.stepWithResult(room => room.manageMembers(this.callerSession(name, role, kind), act, this.now))
  }

  /** Asks what only HTTP requests and other objects ask. */
  askAdmin(name: string, request: AdminRequest, role: Principal['role'] = 'member'): AdminResult {
    return this.stepWithResult(room => room.handleAdmin(this.callerSession(name, role), request, this.now))
  }

  /** Runs one command without a socket and returns its response. */
  runCommand(
    name: string,
    type: CommandType,
    data: object,
    role: Principal['role'] = 'member',
  ): CommandResponse | null {
    return this.stepWithResult(room => {
      const outcome = room.runCommand(this.callerSession(name, role), { type, id: this.newId('c'), data }, this.now)
      return { result: responseOf(outcome), outcome }
    })
  }

  /** Returns the code with which a connect request would be refused now, or null. */
  connectRefusal(name: string, role: Principal['role'] = 'member'): string | null {
    const principal: Principal = { id: name, name, kind: 'person', role, expires: null }
    const caller = { channel: 'dev', dialect: 'native', agent: null, ticket: null, since: null, epoch: null } as const
    return this.room.refuseConnect({ ...caller, principal }, this.now)?.code ?? null
  }

  /** Receives the result of a token check. */
  tokenVerified(session: TestSession, result: TokenCheckResult, id: string | null = null): void {
    this.step(room => room.tokenVerified(session.id, { id, result }, this.now), session.id)
  }

  /** Receives a part of an agent's reply. */
  turnProgressed({ turn: id, attempt }: TurnRequest, part: TurnProgress): void {
    this.step(room => room.turnProgressed({ id, attempt }, part, this.now))
  }

  /** Receives the end of an agent's call. */
  turnEnded({ turn: id, attempt }: TurnRequest, result: TurnOutcome): void {
    this.working.delete(id)
    this.step(room => room.turnEnded({ id, attempt }, result, this.now))
  }

  /** A circle confirmed a digest up to a seq (null: it is not linked), or could not be reached. */
  digestReceived(circle: string, to: number | null | 'failed'): void {
    this.working.delete(`digest ${circle}`)
    this.step(room =>
      room.run(({ components }) => {
        const sent = components.get(DigestQueue)
        return to === 'failed' ? sent.failed(circle, this.now) : sent.received(circle, to)
      }, this.now),
    )
  }

  /** Receives a digest from a workspace. */
  receiveDigest(digest: Digest): DigestReceipt {
    return this.stepWithResult(room => room.receiveDigest(digest, this.now))
  }
}

function builtinTables(room: TestRoom, kind: ChannelKindDefinition): RoomTables {
  return {
    kind,
    commands: roomCommands,
    events: builtinEvents,
    hooks: builtinHooks,
    regex: compileRegex,
    limits: room.limits,
    components: componentsOf(room, kind),
  }
}

function componentsOf(room: TestRoom, { hasFiles }: ChannelKindDefinition): ComponentDefinition[] {
  return [
    ...(hasFiles ? [workspaceState] : []),
    retention,
    importTimeout,
    digests((circle, digest) => {
      room.working.add(`digest ${circle}`)
      room.digests.push({ circle, digest })
    }),
    webhooks(delivery => void room.webhookDeliveries.push(delivery)),
    metering,
  ]
}

/** For `describe.each`: hibernation must not change behaviour, so tests run in both modes. */
export const modes = [
  { mode: 'awake', hibernates: false },
  { mode: 'hibernated after every step', hibernates: true },
]
