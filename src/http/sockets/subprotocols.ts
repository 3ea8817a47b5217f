import { type DialectName, dialects } from '../../protocol/dialects/index.ts'
import { ticketPrefix } from '../../protocol/version.ts'

/** What a client offers in `Sec-WebSocket-Protocol`: the dialect that follows from it, and perhaps a ticket beside it. */
export type Offer = { dialect: DialectName; ticket: string | null }

const maxLength = 1_024 // characters

/** Reads an offer, of which one of these dialects must be the choice; null if none is. */
export function readOffer(header: string | null, choices: readonly DialectName[]): Offer | null {
  const elements = header === null ? [] : header.split(',').map(element => element.trim())
  if (header !== null && header.length > maxLength) return null
  const dialect = choices.find(name => {
    const { subprotocol } = dialects[name]
    return header === null ? subprotocol === null : subprotocol !== null && elements.includes(subprotocol)
  })
  if (dialect === undefined) return null
  const ticket = elements.find(element => element.startsWith(ticketPrefix))
  return { dialect, ticket: ticket?.slice(ticketPrefix.length) ?? null }
}
