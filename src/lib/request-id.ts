/** A request id: letters that stand in a header, a log and a shell without quotes. */
const valid = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/**
 * What a request is called in every line it causes: as the network in front of us calls it, or as its sender does, or by a new name.
 * The network's comes first, so that nobody who is outside chooses the names in a deployment's log.
 */
export function requestIdOf(headers: Headers, fresh: () => string): string {
  for (const name of ['cf-ray', 'x-request-id']) {
    const given = headers.get(name)
    if (given !== null && valid.test(given)) return given
  }
  return fresh()
}
