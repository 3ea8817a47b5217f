/** The release of this server and of its client: the version in package.json, as a test holds. */
export const release = '0.1.0'

/** The WebSocket subprotocol of the native dialect. A client that does not offer it speaks plain. */
export const subprotocol = 'circles.v1'

/** Prefix of the subprotocol element that carries a ticket: `circles.v1, ticket.<ticket>`. */
export const ticketPrefix = 'ticket.'
