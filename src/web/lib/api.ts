import type { Identity } from '../nav/identity.ts'

/** What the server asks for: a name, a token, or nothing because it is not set up or cannot be reached. */
export type Policy = 'open' | 'token' | { problem: string }

/** Finds the policy by asking for a ticket without credentials: the server gives one only where guests are allowed. */
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

/** Sends an HTTP request as this person, or as nobody (null); rejects with the server's error message. */
export async function request<Body>(
  identity: Identity | null,
  path: string,
  { method = 'GET', body }: Options = {},
): Promise<Body> {
  const url = new URL(path, location.origin)
  if (identity?.by === 'name') url.searchParams.set('name', identity.name)
  const headers = new Headers()
  if (identity?.by === 'token') headers.set('authorization', `Bearer ${identity.token}`)
  if (body !== undefined) headers.set('content-type', 'application/json')
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const result = response.status === 204 ? null : await response.json().catch(() => null)
  if (!response.ok) throw new Error(result?.error?.message ?? `The server responded with status ${response.status}.`)
  return result
}

type Options = { method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'; body?: unknown }

/** Returns the message of an error, or `fallback` if something else was thrown. */
export const messageOf = (error: unknown, fallback: string): string =>
  error instanceof Error ? error.message : fallback
