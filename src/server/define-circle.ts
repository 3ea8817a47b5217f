import type { DurableObject } from 'cloudflare:workers'
import type { CompileRegex } from '../agents/routing-rules.ts'
import { circle } from '../protocol/channels/channel-kinds.ts'
import { checkOptions, type OptionKind } from '../protocol/check-options.ts'
import { type CircleProtocol, checkProtocol, emptyProtocol, type SomeProtocol } from '../protocol/define-protocol.ts'
import { channelObject } from '../rooms/object/channel-object-base.ts'
import { builtinComponents, type ComponentPorts } from '../rooms/object/components.ts'
import type { OwnPorts } from '../rooms/object/kind-tables.ts'
import type { ComponentDefinition } from '../rooms/tables.ts'
import type { ChannelRpc } from '../rpc/channel.ts'
import { type AnyDefinition, type CirclePorts, circleTables, hasCode } from './circle-tables.ts'
import type { ConnectedAgentsFeature } from './connected-agents.ts'
import { rememberProtocol } from './defined-protocol.ts'
import type { CircleDefinition } from './definition.ts'
import type { DirectFeature } from './direct.ts'
import { resolveEnv } from './environment.ts'
import type { FilesFeature } from './files.ts'
import type { InboxFeature } from './inbox.ts'
import { OwnCode } from './own-code.ts'
import type { RelaysFeature } from './relays.ts'

/** The class of a circle's Durable Object. Methods of a class that extends it can be called by RPC. */
export type CircleClass<Protocol extends SomeProtocol = typeof emptyProtocol> = {
  /** Its events and commands. */
  readonly protocol: Protocol
  new (
    state: DurableObjectState,
    env: Cloudflare.Env,
  ): DurableObject<Cloudflare.Env> &
    Rpc.DurableObjectBranded &
    ChannelRpc & { ctx: DurableObjectState; env: Cloudflare.Env }
}

/** What a circle has only if one says so. */
export type CircleFeatures = {
  /** Compiles the regular expressions of routing rules (`regularExpressions`). Without it, rules have none. */
  regularExpressions?: CompileRegex
  /** Agents that connect over a WebSocket (`connectedAgents`), if `circles` has it, too. Without it, agents are bindings. */
  connectedAgents?: ConnectedAgentsFeature
  /** Lets circles have documents (`circleDocuments` of `circles-rooms/documents`). Without it, they have none. */
  documents?(ports: ComponentPorts): ComponentDefinition
  /** Lets messages have files (`files`), if the deployment has the bucket `FILES`. Without it, they have none. */
  files?: FilesFeature
  /** Lets two people who share a circle have a private chat (`direct`), if `circles` has it, too. Without it, they have none. */
  direct?: DirectFeature
  /** Tells people of what is for them (`inbox`), if the Worker has the class `Inbox`. Without it, nobody is told. */
  inbox?: InboxFeature
  /** Lets sockets stand at relays (`relays`), if `circles` has it, too. Without it, all stand at the circle. */
  relays?: RelaysFeature
}

/** Makes the Durable Object class of circles without events and commands of their own. */
export function defineCircle(): CircleClass
/**
 * Makes the Durable Object class of circles with events, commands, tables and code of one's own, to be extended and exported
 * by the Worker. Throws if a command of the protocol has no handler, and if a key of the definition is unknown.
 */
export function defineCircle<Protocol extends SomeProtocol>(
  protocol: Protocol,
  definition: CircleDefinition<Protocol> & CircleFeatures,
): CircleClass<Protocol>
export function defineCircle(
  protocol: SomeProtocol = emptyProtocol,
  definition: CircleFeatures & object = {},
): CircleClass<SomeProtocol> {
  checkProtocol(protocol)
  checkOptions('The definition of a circle', definition, definitionKeys)
  // The types of handlers were checked against the protocol above; a room passes them what matches its schemas.
  const own = definition as AnyDefinition
  rememberProtocol(protocol as CircleProtocol)
  const connected = definition.connectedAgents
  const { components, hooks, ...tables } = circleTables(protocol as CircleProtocol, own)
  const object = channelObject({
    ...tables,
    hooks: { ...hooks, writeGuards: [...hooks.writeGuards, ...(definition.direct?.writeGuards ?? [])] },
    kind: circle,
    regex: definition.regularExpressions ?? null,
    components: ports => [
      ...builtinComponents(ports, definition.inbox?.components(ports)),
      ...(definition.documents === undefined ? [] : [definition.documents(ports)]),
      ...(definition.files?.components(ports) ?? []),
      ...(definition.direct?.components(ports) ?? []),
      ...(connected?.components(ports) ?? []),
      ...components(portsOf(ports)),
    ],
    ...(connected !== undefined && { connectedAgents: connected.site.agentsOf }),
    ...(definition.relays !== undefined && { relays: definition.relays.sessions }),
    ...(hasCode(protocol as CircleProtocol, own) && { own: ownPorts(own) }),
    resolveEnv: (env, state) => resolveEnv(env, exportsOf(state)),
  })
  const circleClass = Object.assign(object, { protocol }) as unknown as CircleClass<SomeProtocol>
  definitions.set(circleClass, definition)
  return circleClass
}

const definitionKeys: Record<keyof AnyDefinition | keyof CircleFeatures, OptionKind> = {
  migrations: 'array',
  exportedTables: 'array',
  commands: 'object',
  beforeMessage: 'function',
  beforeDelta: 'function',
  afterEvent: 'function',
  onConnect: 'function',
  onDisconnect: 'function',
  onSchedule: 'function',
  onRequest: 'function',
  regularExpressions: 'function',
  connectedAgents: 'object',
  documents: 'function',
  files: 'object',
  direct: 'object',
  inbox: 'object',
  relays: 'object',
}

const definitions = new WeakMap<object, CircleFeatures & object>()

/** What a class of circles, or one that extends it, was defined with. Throws if it is none. */
export function definitionOf(circleClass: { readonly protocol: SomeProtocol }): {
  protocol: CircleProtocol
  definition: AnyDefinition & CircleFeatures
} {
  for (let one: object | null = circleClass; one !== null; one = Object.getPrototypeOf(one)) {
    const definition = definitions.get(one) as (AnyDefinition & CircleFeatures) | undefined
    if (definition !== undefined) return { protocol: circleClass.protocol as CircleProtocol, definition }
  }
  throw new Error('expected a class that extends defineCircle(…)')
}

function exportsOf(state: DurableObjectState): object {
  return (state as { exports?: object }).exports ?? {}
}

function portsOf({ env, background, metrics, runIfExists, current, now }: ComponentPorts): CirclePorts {
  return {
    env,
    now,
    run: act => runIfExists((room, now) => room.run(act, now)),
    current,
    onFault: error => metrics.failed(error),
    // Not within the run that asks for it: what it does is a run of its own.
    runLater: work => background.run(Promise.resolve().then(work)),
  }
}

function ownPorts({ onRequest }: AnyDefinition): OwnPorts {
  return {
    append: ({ components }, entry, now) => components.get(OwnCode).append(entry, now),
    ...(onRequest && {
      onRequest: ({ components }, request, user) => onRequest(components.get(OwnCode).room, request, user),
    }),
  }
}
