// The runtime prints this when a peer violates RFC 6455; none of our code runs.
const brokenConnection = /Uncaught exception: kj\/compat\/http.*WebSocket protocol error/

/** Returns the lines of a server's output that report an exception or contain a token. */
export function faultsIn(output: string): string[] {
  return output.split('\n').filter(line => /uncaught|"error":|Error:|eyJ/i.test(line) && !brokenConnection.test(line))
}
