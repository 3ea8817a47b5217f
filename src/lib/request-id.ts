// Characters that need no quotes in a header, a log or a shell.
const valid = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/**
 * Returns a request's id for the log: that of the network in front of us, else the sender's, else a new one. The
 * network's comes first, so that clients do not choose the ids in a deployment's log.
 */
export function requestIdOf(headers: Headers, newId: () => string): string {
  for (const name of ['cf-ray', 'x-request-id']) {
    const id = headers.get(name)
    if (id !== null && valid.test(id)) return id
  }
  return newId()
}
