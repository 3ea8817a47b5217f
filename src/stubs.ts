import type { Env, ObjectNamespace } from './env.ts'
import { bindingOf } from './protocol/channels/channel-kinds.ts'
import type { ChannelAddress } from './protocol/channels/channels.ts'
import type { ChannelRpc } from './rpc/channel.ts'
import type { DirectoryRpc } from './rpc/directory.ts'
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

/** A token registry, as seen by its callers. */
export type TokenRegistryStub = Remote<TokenRegistryRpc>

/** The object of a channel. Creating the stub starts nothing; the first call does. */
export function channelStub(env: Env, { kind, name }: ChannelAddress): ChannelStub {
  const binding = bindingOf(kind)
  const namespace = (env as Partial<Env>)[binding] // a library's Worker may have circles only
  if (namespace === undefined) throw new Error(`expected the binding ${binding}, for ${kind}:${name}`)
  return stubOf(namespace, name)
}

/** The directory of circles. */
export function directoryStub({ REGISTER }: Env): DirectoryStub {
  return stubOf(REGISTER, 'circles')
}

/** The object with the figures of all channels, or null if the deployment has none. */
export function statsStub({ STATS }: Env): StatsStub | null {
  return STATS === undefined ? null : stubOf(STATS, 'stats')
}

/** The token registry of this number. */
export function tokenRegistryStub({ PASSES }: Env, index: number): TokenRegistryStub {
  return stubOf(PASSES, `${index}`)
}

// The platform's stub type turns every result with `unknown` in it, such as an event's data, into `never`.
function stubOf<Api>(namespace: ObjectNamespace<Api>, name: string): Remote<Api> {
  return namespace.getByName(name) as unknown as Remote<Api>
}
