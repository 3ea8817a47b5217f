import { useSyncExternalStore } from 'react'
import {
  type ChannelKind,
  isLogKind,
  type LogKind,
  nameOfSegment,
  privateSegment,
} from '../../protocol/channels/channel-kinds.ts'
import { kindOf, nameOf } from '../lib/kinds.ts'
import { defaultKind, kinds, kindsWithDocuments } from '../tables.ts'

/** The channel that an address shows, and one of its messages or documents; null if it shows none. */
export type Route = { kind: LogKind; name: string; seq?: number; document?: string } | null

const withPrivateChats = [...kinds.values()].find(({ privatePage }) => privatePage !== null)

const kindsByPath = new Map(
  [...kinds.values()].flatMap(({ page, kind }) => (isLogKind(kind) ? [[page, kind] as const] : [])),
)

/** Returns the path of a channel's page, `/c/dev-team` for example, or `/d/…` for a private chat. */
export function channelPath(kind: ChannelKind, name: string): string {
  const { page, privatePage, privateName } = kindOf(`${kind}:`)
  return privateName(name) === null ? `/${page}/${name}` : `/${privatePage}/${privateSegment(name)}`
}

/** Returns the address of the reader's private chat with an agent, `/d/pickle`. */
export const agentChatPath = (agent: string): string => `/${withPrivateChats?.privatePage}/${agent}`

/** Returns the agent at `/d/pickle`, with whom the reader has or begins a private chat; null: another address. */
export function agentAt(path: string): string | null {
  const [, page = '', name = '', ...rest] = path.split('/')
  const isPrivate = page === withPrivateChats?.privatePage && rest.length === 0
  return isPrivate && parseRoute(path) === null ? canonicalName(name) : null
}

/** Returns the path of one message of a channel, `circle:dev-team` for example. */
export function messagePath(channel: string, seq: number): string {
  const { kind } = kindOf(channel)
  return `${channelPath(kind, channel.slice(kind.length + 1))}/${seq}`
}

/** Returns the path of one document of a channel, `notes` in `circle:dev-team` for example. */
export function documentPath(channel: string, document: string): string {
  return `${channelPath(kindOf(channel).kind, nameOf(channel))}/documents/${document}`
}

/** Returns the channel at a path, or null. */
export function parseRoute(path: string): Route {
  const [, page = '', name = '', item, document, ...rest] = path.split('/')
  const kind = kindsByPath.get(page)
  if (rest.length > 0) return null
  const isMessage = document === undefined && (item === undefined || /^\d{1,15}$/.test(item))
  const at = item !== undefined && { seq: Number(item) }
  if (page === withPrivateChats?.privatePage) return isMessage ? privateRoute(nameOfSegment(name), at) : null
  if (kind === undefined || canonicalName(name) === null) return null
  const channel = { kind, name: name.toLowerCase() }
  if (document === undefined) return isMessage ? { ...channel, ...at } : null
  const isDocument = item === 'documents' && canonicalName(document) !== null && kindsWithDocuments.has(kind)
  return isDocument ? { ...channel, document: document.toLowerCase() } : null
}

function privateRoute(name: string, at: false | { seq: number }): Route {
  const found = withPrivateChats?.privateName(name) ?? null
  const { kind } = withPrivateChats ?? defaultKind
  return found === null || !isLogKind(kind) ? null : { kind, name: found, ...at }
}

/** Returns the channel that a circle's name, `workspace:acme` or `agent:pickle` refers to, or null. */
export function parseDestination(text: string): Route {
  const colon = text.indexOf(':')
  const prefixed = kinds.get(text.slice(0, Math.max(colon, 0)).trimStart())
  const name = canonicalName(prefixed === undefined ? text : text.slice(colon + 1))
  const { kind } = prefixed ?? defaultKind
  return name === null || !isLogKind(kind) ? null : { kind, name }
}

/** Returns the text as a channel's name (trimmed, lower case), or null if no channel can have that name. */
export function canonicalName(text: string): string | null {
  const name = text.trim().toLowerCase()
  return /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/.test(name) ? name : null
}

/** Does the page of this kind have a conversation: a composer, search, settings, an entry among the recent circles? */
export function isConversation(kind: ChannelKind): boolean {
  return kindOf(`${kind}:`).isConversation
}

/** Goes to a path of this page without loading it again. */
export function navigate(path: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, '', path)
  else history.pushState(null, '', path)
  dispatchEvent(new PopStateEvent('popstate'))
}

/** Returns the current path and renders again when it changes. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname)
}

function subscribe(onChange: () => void): () => void {
  addEventListener('popstate', onChange)
  return () => removeEventListener('popstate', onChange)
}

/** Returns a name like a text that cannot be one, `design-crit` for `Design Crit!`; null if there is none. */
export function similarName(text: string): string | null {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  return canonicalName(plain.replace(/[^a-z0-9._]+/g, '-').replace(/^[-._]+|[-._]+$/g, ''))
}
