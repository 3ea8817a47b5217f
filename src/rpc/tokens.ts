import type { inboxResource, statsResource, usersResource } from '../auth/resource.ts'
import type { ChannelName } from '../protocol/channels/channels.ts'

/** Where a token is used: in a channel, for the figures of the deployment, for its user's inbox, or for a request over HTTP. */
export type TokenUse = ChannelName | typeof statsResource | typeof inboxResource | typeof usersResource

/**
 * A user's token as it is used in a channel; `issued` and `expires` in ms since the Unix epoch. With `opens: false`, which
 * Workers of older versions do not send, it opens no socket there, so nothing need be recorded. `jurisdiction`: that of
 * the channel's object, if it has one, without which a revocation would not find it.
 */
export type TokenRecord = {
  user: string
  channel: TokenUse
  issued: number
  expires: number
  opens?: boolean
  jurisdiction?: string
}

/** Whether a token is valid. `full`: it is, but its user's tokens open sockets in too many channels already. */
export type TokenVerdict = boolean | 'full'

/** The result of a revocation: its time (ms) and the number of channels to notify, or how long to wait (ms). */
export type Revocation = { at: number; channels: number } | { retryAfterMs: number }

/** What is measured of a person over the whole deployment; `deployment_tokens` of all people together. */
export type AllowanceResource = 'channels' | 'turns' | 'tokens' | 'bytes' | 'imported' | 'files' | 'deployment_tokens'

/** A request for a part of what an account may use. */
export type AllowanceDraw = {
  account: string // a user id; '' for the deployment
  resource: AllowanceResource
  amount: number
  whole?: boolean // all of it or nothing
  channel: ChannelName // that draws
  id: string // a repeated request with the id of the channel's last one gets the same answer, and is counted once
}

/** The answer to a draw. `retryAfterMs`: until there may be more; 0 if all of it was granted. */
export type AllowanceGrant = { granted: number; retryAfterMs: number }

/** The methods of an object that keeps the tokens of some of the users. */
export interface TokenRegistryRpc {
  /**
   * Records that these tokens open sockets in these channels, so that a later revocation reaches them. Returns whether
   * each token is valid (not revoked), in the same order. A revoked token is not recorded.
   */
  show(tokens: TokenRecord[]): Promise<TokenVerdict[]>
  /** Grants parts of what people may use over the whole deployment, in the order of the requests. */
  draw(draws: AllowanceDraw[]): AllowanceGrant[]
  /** Marks a code as used until it expires (ms); returns false if it was used before. */
  redeem(id: string, expires: number): boolean
  /** Revokes all tokens of a user issued until now. */
  revoke(user: string): Promise<Revocation>
}
