/** The secrets in the fragment of an address, which a browser sends to no server and to no other page. */
export type UrlSecrets = { token: string | null; invitation: string | null; owner: string | null }

/** Reads the secrets and removes them from the address, so that it can be shown, stored and shared. */
export function takeSecretsFromHash(): UrlSecrets {
  const hash = new URLSearchParams(location.hash.slice(1))
  const secrets = { token: hash.get('token'), invitation: hash.get('invitation'), owner: hash.get('owner') }
  if (Object.values(secrets).some(secret => secret !== null)) history.replaceState(null, '', location.pathname)
  return secrets
}
