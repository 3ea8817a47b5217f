/** The secrets in the fragment of an address, which a browser sends to no server and to no other page. */
export type UrlSecrets = { token: string | null; invitation: string | null; owner: string | null }

/** Begins the page anew when an address with secrets is opened in its tab: where only the fragment differs, no browser does. */
export function reloadForSecrets(): void {
  addEventListener('hashchange', () => {
    if (Object.values(readSecrets()).some(secret => secret !== null)) location.reload()
  })
}

/** Reads the secrets and removes them from the address, so that it can be shown, stored and shared. */
export function takeSecretsFromHash(): UrlSecrets {
  const secrets = readSecrets()
  if (Object.values(secrets).some(secret => secret !== null)) history.replaceState(null, '', location.pathname)
  return secrets
}

function readSecrets(): UrlSecrets {
  const hash = new URLSearchParams(location.hash.slice(1))
  return { token: hash.get('token'), invitation: hash.get('invitation'), owner: hash.get('owner') }
}
