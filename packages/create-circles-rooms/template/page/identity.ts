/** Who uses this page: a guest with a name, or the owner of a token. */
export type Identity = { name: string } | { token: string; userKey: string }

const key = 'identity'

/** The identity of the last visit, or null. */
export function loadIdentity(): Identity | null {
  return JSON.parse(localStorage.getItem(key) ?? 'null')
}

/** Remembers an identity for the next visit. */
export function saveIdentity(identity: Identity): Identity {
  localStorage.setItem(key, JSON.stringify(identity))
  return identity
}

/** The code of the owner's link that `npm run deploy` printed, taken out of the address; null without one. */
export function takeOwnerCode(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('owner')
  if (code !== null) history.replaceState(null, '', location.pathname)
  return code
}

/** Exchanges the code for a token of a day. */
export async function redeemOwnerCode(code: string, name: string): Promise<Identity> {
  const response = await fetch('/rooms/api/owner', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, name }),
  })
  if (!response.ok) {
    const { error }: { error: { message: string } } = await response.json()
    throw new Error(error.message)
  }
  const { token, user }: { token: string; user: { id: string } } = await response.json()
  return { token, userKey: user.id }
}
