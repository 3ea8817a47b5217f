import { reasonText } from '../words/problem-text.ts'
import { t } from '../words/words.ts'
import { addressed, type Caller } from './caller.ts'

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
    return error.code === 'missing_token' ? 'token' : { problem: reasonText(error) }
  } catch {
    return { problem: t('page.notRunning') }
  }
}

/** Sends an HTTP request as this person, or as nobody (null); rejects with the server's error message. */
export async function request<Body>(
  caller: Caller | null,
  path: string,
  { method = 'GET', body }: Options = {},
): Promise<Body> {
  const { url, headers } = await addressed(caller, path)
  if (body !== undefined) headers.set('content-type', 'application/json')
  const response = await fetch(url, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const result = response.status === 204 ? null : await response.json().catch(() => null)
  if (!response.ok) throw errorOf(result?.error, response.status)
  return result
}

type Options = { method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'; body?: unknown }

/** The error of a response, with its code. */
const errorOf = (error: { code: string; message: string } | undefined, status: number): Error =>
  Object.assign(new Error(error?.message ?? t('page.status', { status })), { code: error?.code })
