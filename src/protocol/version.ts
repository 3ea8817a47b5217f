/** The release of this server and its client: the version in package.json, which a test compares. */
export const release = '0.1.0'

/** The WebSocket subprotocol of the native dialect; a client that does not offer it gets plain. */
export const subprotocol = 'circles.v1'

/** The prefix of the subprotocol that carries a ticket: `circles.v1, ticket.<ticket>`. */
export const ticketPrefix = 'ticket.'
