/**
 * Returns an address that stands in a message without its fragment, if it leads to this host: a fragment can hold a token
 * or an invitation, and a message must not log its readers in. `page` is the address of the page.
 */
export function withoutOwnFragment(address: string, page: string): string {
  if (!address.includes('#') || !URL.canParse(address, page)) return address
  const url = new URL(address, page)
  const own = new URL(page)
  if (!/^https?:$/.test(url.protocol) || hostOf(url) !== hostOf(own)) return address
  url.hash = ''
  return url.href
}

/** The host of an address and its port, if it is none of a protocol. With a dot at its end, it is the same host. */
const hostOf = ({ hostname, port }: URL): string => `${hostname.replace(/\.$/, '')}:${port}`
