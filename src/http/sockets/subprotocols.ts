import { subprotocol, ticketPrefix } from '../../protocol/version.ts'

/** What a client offers in `Sec-WebSocket-Protocol`: the native dialect or none, and perhaps a ticket beside it. */
export type Offer = { native: boolean; ticket: string | null }

const maxLength = 1_024 // characters

/** Reads `Sec-WebSocket-Protocol`; null if none of the offered subprotocols is supported. */
export function readOffer(header: string | null): Offer | null {
  if (header === null) return { native: false, ticket: null }
  if (header.length > maxLength) return null
  const elements = header.split(',').map(element => element.trim())
  if (!elements.includes(subprotocol)) return null
  const ticket = elements.find(element => element.startsWith(ticketPrefix))
  return { native: true, ticket: ticket?.slice(ticketPrefix.length) ?? null }
}
