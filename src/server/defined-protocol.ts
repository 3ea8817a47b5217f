import type { CircleProtocol } from '../protocol/define-protocol.ts'

const defined = new Set<CircleProtocol>()

/** Remembers the protocol of a class of circles, for `circles` in the same Worker. */
export function rememberProtocol(protocol: CircleProtocol): void {
  defined.add(protocol)
}

/** The protocol of this Worker's circles, or null: it has no class of them. Throws if it has several. */
export function definedProtocol(): CircleProtocol | null {
  const [protocol, other] = defined
  if (other !== undefined)
    throw new Error('This Worker defines circles of several protocols: circles({ protocol }) says which.')
  return protocol ?? null
}
