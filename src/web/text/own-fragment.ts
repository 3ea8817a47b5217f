/**
 * Returns an address that stands in a message without its fragment, if it leads to this page: a fragment can hold a token
 * or an invitation, and a message must not log its readers in. `page` is the address of the page.
 */
export function withoutOwnFragment(address: string, page: string): string {
  if (!address.includes('#') || !URL.canParse(address, page)) return address
  const url = new URL(address, page)
  if (url.origin !== new URL(page).origin) return address
  url.hash = ''
  return url.href
}
