const protocols = new Set(['http', 'https', 'irc', 'ircs', 'mailto', 'xmpp'])

/** Returns the address if it is relative or of a protocol that runs no code; empty otherwise. */
export function safeUrl(url: string): string {
  const [, protocol] = /^([^/?#:]*):/.exec(url) ?? []
  return protocol === undefined || protocols.has(protocol.toLowerCase()) ? url : ''
}
