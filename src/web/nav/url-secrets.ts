/** What an address brought behind its #, where no server and no other page is told of it. */
export type UrlSecrets = { token: string | null; invitation: string | null }

/** Takes it out of the address, so that it is not shown, kept or sent on. */
export function takeSecretsFromHash(): UrlSecrets {
  const hash = new URLSearchParams(location.hash.slice(1))
  const brought = { token: hash.get('token'), invitation: hash.get('invitation') }
  if (brought.token !== null || brought.invitation !== null) history.replaceState(null, '', location.pathname)
  return brought
}
