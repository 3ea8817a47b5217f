import type { Identity } from '../nav/identity.ts'

/** What the server wants to know of a visitor: nothing but a name, a token, or it is not set up yet. */
export type Policy = 'open' | 'token' | { problem: string }

/** Asks by trying: a ticket without credentials is given only where guests are let in. */
export async function fetchPolicy(): Promise<Policy> {
  try {
    const response = await fetch('/api/tickets', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ channel: 'circle:lobby' }),
    })
    if (response.ok) return 'open'
    const { error } = await response.json()
    return error.code === 'missing_token' ? 'token' : { problem: String(error.message) }
  } catch {
    return { problem: 'The server cannot be reached. Is it running?' }
  }
}

/** A request as this person, or as nobody yet; rejects with the server's own words. */
export async function request<Body>(
  who: Identity | null,
  path: string,
  { method = 'GET', body }: Options = {},
): Promise<Body> {
  const url = new URL(path, location.origin)
  if (who?.by === 'name') url.searchParams.set('name', who.name)
  const headers = new Headers()
  if (who?.by === 'token') headers.set('authorization', `Bearer ${who.token}`)
  if (body !== undefined) headers.set('content-type', 'application/json')
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const answer = response.status === 204 ? null : await response.json().catch(() => null)
  if (!response.ok) throw new Error(answer?.error?.message ?? `The server answered ${response.status}.`)
  return answer
}

type Options = { method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'; body?: unknown }
