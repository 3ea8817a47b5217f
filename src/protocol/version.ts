/** The WebSocket subprotocol of the native dialect. A client that does not offer it speaks plain. */
export const subprotocol = 'circles.v1'

/** Prefix of the subprotocol element that carries a ticket: `circles.v1, ticket.<ticket>`. */
export const ticketPrefix = 'ticket.'
