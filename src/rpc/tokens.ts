import type { statsResource } from '../auth/resource.ts'
import type { ChannelName } from '../protocol/channels/channels.ts'

/** A channel in which a token is used, or the figures of the deployment. */
export type TokenUse = ChannelName | typeof statsResource

/** A user's token as it is used in a channel; `issued` and `expires` in ms since the Unix epoch. */
export type TokenRecord = { user: string; channel: TokenUse; issued: number; expires: number }

/** The methods of an object that keeps the tokens of some of the users. */
export interface TokenRegistryRpc {
  /**
   * Records that these tokens are used in these channels, so that a later revocation reaches them. Returns whether each
   * token is valid (not revoked), in the same order. A revoked token is not recorded.
   */
  show(tokens: TokenRecord[]): Promise<boolean[]>
  /** Revokes all tokens of a user issued until now; returns the time (ms) and the number of channels to notify. */
  revoke(user: string): Promise<{ at: number; channels: number }>
}
