// The runtime says so itself when a peer breaks RFC 6455; no code of ours runs.
const brokenConnection = /Uncaught exception: kj\/compat\/http.*WebSocket protocol error/

/** The lines of a server's output that tell of something thrown, or show a token. */
export function faultsIn(output: string): string[] {
  return output.split('\n').filter(line => /uncaught|"error":|Error:|eyJ/i.test(line) && !brokenConnection.test(line))
}
