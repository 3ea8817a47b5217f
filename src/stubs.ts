import type { Env, ObjectNamespace } from './env.ts'
import { bindingOf, builtinKinds } from './protocol/channels/channel-kinds.ts'
import type { ChannelAddress } from './protocol/channels/channels.ts'
import type { Region } from './protocol/channels/region.ts'
import type { ChannelRpc } from './rpc/channel.ts'
import type { ConnectedAgentRpc } from './rpc/connected-agents.ts'
import type { DirectoryRpc } from './rpc/directory.ts'
import type { InboxRpc } from './rpc/inbox.ts'
import type { RelayRpc } from './rpc/relay.ts'
import type { StatsRpc } from './rpc/stats.ts'
import type { TokenRegistryRpc } from './rpc/tokens.ts'

/** An object's methods as a caller in another isolate sees them: each returns a Promise. */
type Remote<Api> = { [Name in keyof Api]: Awaitable<Api[Name]> }

type Awaitable<Method> = Method extends (...args: never[]) => Promise<unknown>
  ? Method // as it is: inferring it anew would lose its type parameters
  : Method extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never

/** A channel's object, as seen by its callers. */
export type ChannelStub = Remote<ChannelRpc>

/** The directory of circles, as seen by its callers. */
export type DirectoryStub = Remote<DirectoryRpc>

/** The object with the figures of all channels, as seen by its callers. */
export type StatsStub = Remote<StatsRpc>

/** The inbox of one person, as seen by its callers. */
export type InboxStub = Remote<InboxRpc>

/** The object of an agent that connects, as seen by its callers. */
export type ConnectedAgentStub = Remote<ConnectedAgentRpc>

/** A relay, as seen by its callers. */
export type RelayStub = Remote<RelayRpc>

/** A token registry, as seen by its callers. */
export type TokenRegistryStub = Remote<TokenRegistryRpc>

/**
 * The jurisdictions of channels, by their names; null: none. A jurisdiction is part of an object's id, so the function
 * must always return the same for a name: another answer is another, empty channel.
 */
export type Placement = { jurisdiction?: (name: string) => DurableObjectJurisdiction | null }

/** Where an object is. `region`: only for one that is new. `jurisdiction`: where no function of the name is at hand. */
type Place = { region?: Region | undefined; jurisdiction?: string | undefined }

/** The object of a channel. Creating the stub starts nothing; the first call does. */
export function channelStub(
  env: Env,
  { kind, name }: ChannelAddress,
  { region, jurisdiction }: Place = {},
): ChannelStub {
  const binding = bindingOf(kind)
  const everywhere = (env as Partial<Env>)[binding] // a library's Worker may have circles only
  if (everywhere === undefined) throw new Error(`expected the binding ${binding}, for ${kind}:${name}`)
  const namespace = jurisdiction === undefined ? everywhere : within(everywhere, jurisdiction)
  return stubOf(namespace, name, region)
}

/** Makes the function that gives an environment whose channels are where the placement says. */
export function placer({ jurisdiction }: Placement): (env: Env) => Env {
  if (jurisdiction === undefined) return env => env
  const placed = new WeakMap<Env, Env>()
  return env => {
    const known = placed.get(env) ?? placeChannels(env, jurisdiction)
    placed.set(env, known)
    return known
  }
}

function placeChannels(env: Env, jurisdictionOf: NonNullable<Placement['jurisdiction']>): Env {
  const bindings = [...builtinKinds.values()].map(({ binding }) => binding).filter(binding => binding in env)
  const placed = bindings.map(binding => {
    const everywhere = env[binding]
    const getByName = (...[name, options]: Parameters<typeof everywhere.getByName>) => {
      const jurisdiction = jurisdictionOf(name)
      return (jurisdiction === null ? everywhere : within(everywhere, jurisdiction)).getByName(name, options)
    }
    return [binding, { getByName, jurisdiction: everywhere.jurisdiction.bind(everywhere) }]
  })
  return { ...env, ...Object.fromEntries(placed) }
}

/** The directory of circles. */
export function directoryStub({ REGISTER }: Env): DirectoryStub {
  return stubOf(REGISTER, 'circles')
}

/** The object with the figures of all channels, or null if the deployment has none. */
export function statsStub({ STATS }: Env): StatsStub | null {
  return STATS === undefined ? null : stubOf(STATS, 'stats')
}

/** The inbox of a person, or null if the deployment has none. */
export function inboxStub({ INBOXES }: Env, user: string): InboxStub | null {
  return INBOXES === undefined ? null : stubOf(INBOXES, user)
}

/** The token registry of this number. */
export function tokenRegistryStub({ PASSES }: Env, index: number): TokenRegistryStub {
  return stubOf(PASSES, `${index}`)
}

/** The object of an agent that connects, or null if this deployment has none. */
export function connectedAgentStub({ CONNECTED_AGENTS }: Env, id: string): ConnectedAgentStub | null {
  return CONNECTED_AGENTS === undefined ? null : stubOf(CONNECTED_AGENTS, id)
}

/** The object that lists the agents that connect, or null if this deployment has none. No agent has its name. */
export function connectedAgentListStub(env: Env): ConnectedAgentStub | null {
  return connectedAgentStub(env, '~list')
}

/** The relay of this name, or null if this deployment has none. `region`: where it is made, if it is new. */
export function relayStub({ CIRCLE_RELAYS }: Env, name: string, region: Region): RelayStub | null {
  return CIRCLE_RELAYS === undefined ? null : stubOf(CIRCLE_RELAYS, name, region)
}

/** The objects of a namespace in a jurisdiction. workerd by itself has none: there, all objects are on one machine. */
function within<Api>(everywhere: ObjectNamespace<Api>, jurisdiction: string): ObjectNamespace<Api> {
  try {
    return everywhere.jurisdiction(jurisdiction as DurableObjectJurisdiction)
  } catch (error) {
    if (error instanceof Error && error.message.endsWith('not implemented in workerd.')) return everywhere
    throw error
  }
}

// The platform's stub type turns every result with `unknown` in it, such as an event's data, into `never`.
function stubOf<Api>(namespace: ObjectNamespace<Api>, name: string, region?: Region): Remote<Api> {
  const options = region === undefined ? {} : { locationHint: region }
  return namespace.getByName(name, options) as unknown as Remote<Api>
}
