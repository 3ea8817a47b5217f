/** Who the reader is: a guest by name, or whoever a token says. */
export type Identity = { by: 'name'; name: string } | { by: 'token'; token: string; account: string }

const key = 'circles who'

/** The one whom the address brought a token for, or who was here last; null if nobody has said. */
export function loadIdentity(token: string | null): Identity | null {
  const brought = token === null ? null : identityByToken(token)
  if (brought !== null) return saveIdentity(brought)
  try {
    const who: Identity | null = JSON.parse(localStorage.getItem(key) ?? 'null')
    return who?.by === 'name' || who?.by === 'token' ? who : null
  } catch {
    return null // another program's, or storage is forbidden
  }
}

export function saveIdentity(who: Identity): Identity {
  localStorage.setItem(key, JSON.stringify(who))
  return who
}

export function clearIdentity(): void {
  localStorage.removeItem(key)
}

/** Reads whose token it is, to tell accounts on this device apart. Whether it is good is for the server to say. */
export function identityByToken(token: string): Identity | null {
  try {
    const payload = token.trim().split('.')[1] ?? ''
    const { sub } = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/')))
    return typeof sub === 'string' ? { by: 'token', token: token.trim(), account: sub } : null
  } catch {
    return null
  }
}
