import type { User } from '../protocol/roles.ts'
import type { AwarenessEntry } from './awareness.ts'

type Json = Record<string, unknown>

/** The states that a session sent, under the name of its user: editors show names beside cursors, where they find them. */
export function withOwnName(entries: readonly AwarenessEntry[], { name }: Pick<User, 'name'>): AwarenessEntry[] {
  return entries.map(entry => ({ ...entry, state: named(entry.state, name) }))
}

/** `name`, `user` and `user.name` are where editors for Yjs look for it. Whoever says no name is shown without one. */
function named(text: string, name: string): string {
  const state: unknown = JSON.parse(text)
  if (!isRecord(state)) return text
  const { user } = state
  const shown = { ...state, ...('name' in state && { name }) }
  if (isRecord(user)) return JSON.stringify('name' in user ? { ...shown, user: { ...user, name } } : shown)
  return JSON.stringify('user' in state ? { ...shown, user: name } : shown)
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
