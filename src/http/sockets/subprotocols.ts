import { subprotocol, ticketPrefix } from '../../protocol/version.ts'

/** What a client offers to speak, and the ticket it may have put beside it. */
export type Offer = { native: boolean; ticket: string | null }

const maxLength = 1_024

/** Reads `Sec-WebSocket-Protocol`; null if we speak nothing of what is offered. */
export function readOffer(header: string | null): Offer | null {
  if (header === null) return { native: false, ticket: null }
  if (header.length > maxLength) return null
  const elements = header.split(',').map(element => element.trim())
  if (!elements.includes(subprotocol)) return null
  const ticket = elements.find(element => element.startsWith(ticketPrefix))
  return { native: true, ticket: ticket?.slice(ticketPrefix.length) ?? null }
}
