import type { DialectName } from '../dialects/index.ts'
import type { EventType } from '../events/events.ts'
import type { CircleInfo } from '../frames.ts'
import { type KindLimits, limits } from '../limits.ts'
import type { PersonRole } from '../roles.ts'
import type { Retention } from './retention.ts'

// The kinds of channel, as data. This is the only file that knows them by name: bindings, routes, rights, retention and
// limits are made from these entries. It needs no zod, so that the page and the client can read it.

/** An address at which sockets of a kind open. */
export type SocketRoute = {
  path: string // `/ws/circles`: the channel's name follows as the next segment
  query?: { key: string; fallback: string } // the name is in the query instead
  isDirect?: true // the name is an agent's, and leads to the caller's private circle with it
  dialects: readonly DialectName[] // a client chooses by subprotocol; without one it gets the first that has none
}

type Names = { kind: string; binding: string; busKey: string | null }

/** Everything in which a kind of channel differs from the others. */
export type ChannelKindDefinition<Own extends Names = (typeof definitions)[ChannelKind]> = {
  kind: Own['kind'] // in `circle:dev-team`, in tokens and in stored rows: it never changes
  plural: `${Own['kind']}s` // of its paths: `/api/circles/:name`; see plural.ts
  page: string // first segment of its paths on the page: `/c/:name`
  privatePage: string | null // the same for its private chats: `/d/…`
  sockets: readonly SocketRoute[]
  binding: Own['binding'] // of its Durable Object namespace, in wrangler.toml and env.ts
  className: string // of its Durable Objects, in wrangler.toml
  busKey: Own['busKey'] // a key of bus events that holds a channel's name, beside `channel`

  speakers: PersonRole | null // the least role that may write; null: people can only read
  publishes: readonly EventType[] // what programs may publish, with the right of a speaker
  wakesAgents: boolean // messages and mentions call agents
  recordsActivity: boolean // an agent's activity everywhere is recorded in the channel of its name
  hasFiles: boolean // its log holds changes to files and git, and `welcome.workspace` sums them up
  digests: 'sends' | 'receives' | null // of changes to files, over links
  links: Own['kind'] | null // the kind it can be linked with
  within: Own['kind'] | null // its channels belong to one of this kind, whose roles are theirs: `dev/plan` to `dev`
  hasLog: boolean // events are read and streamed, and its page shows them; else only bytes are sent
  isConversation: boolean // people create, configure, search and export it over HTTP, and write in it on the page
  frames: 'text' | 'binary' // binary: a component takes binary frames, too; otherwise they are `bad_frame`
  retention: Retention // until an owner sets another
  limits: KindLimits // as far as LIMITS sets no other

  /** Is it in the directory of circles? */
  isListed(name: string): boolean
  /** Does it belong to one person and an agent? The person's id is hashed into its name, and nobody else is let in. */
  isDirect(name: string): boolean
  /** Does it belong to two people, whose ids are hashed into its name? It is theirs alone, whatever a token grants. */
  isPair(name: string): boolean
  /** The name of one of these two, as it is read from outside; null: it is none. */
  privateName(raw: string): string | null
  /** Is it everybody's? Then nobody can create it and own it, unless their token makes them an owner anyway. */
  isShared(name: string): boolean
  /** The settings of a channel that nobody has configured. */
  defaults(name: string): Pick<CircleInfo, 'title' | 'default_agent' | 'visibility'>
  docs: { noun: string; socket: string } // in the documents of the API: `a circle`, and what its sockets are
}

const { frame_bytes, drop_bytes, messages_per_second, message_burst, bytes_per_second } = limits
const textLimits: KindLimits = { frame_bytes, drop_bytes, messages_per_second, message_burst, bytes_per_second }

/** Begins the name of a private circle: `chat~<agent>~<hash of the person's id>`. No name from outside has a `~`. */
export const directPrefix = 'chat~'
const isDirect = (name: string) => name.startsWith(directPrefix)

/** Begins the name of a private chat of two people: `dm~<hash of both ids>`. */
export const pairPrefix = 'dm~'
const isPair = (name: string) => name.startsWith(pairPrefix)
const isPrivate = (name: string) => name.includes('~')

const privateName = /^(dm|chat~[a-z\d._-]{1,64})~[\da-f]{32}$/

/** The agent whose private circle with somebody has this name, or null: it is another circle. */
export const agentOf = (name: string): string | null => (isDirect(name) ? (name.split('~')[1] ?? null) : null)

/** What the address of a private chat has in place of its name, as in `/d/pickle~<hash>`: no prefix. */
export const privateSegment = (name: string): string => name.replace(/^(?:dm|chat)~/, '')

/** The name of the private chat with this segment in its address. */
export const nameOfSegment = (segment: string): string =>
  `${segment.includes('~') ? directPrefix : pairPrefix}${segment}`

const lobby = 'lobby' // where people are who have named no circle

const openDefaults = (name: string) => ({ title: name, default_agent: null, visibility: 'public' as const })

// A kind whose channels are in no directory, and whose names have no meaning of their own.
const ordinaryNames = {
  isListed: () => false,
  isDirect: () => false,
  isPair: () => false,
  privateName: () => null,
  privatePage: null,
  isShared: () => false,
  defaults: openDefaults,
}

const definitions = {
  circle: {
    kind: 'circle',
    plural: 'circles',
    page: 'c',
    privatePage: 'd',
    sockets: [
      { path: '/ws/circles', dialects: ['native', 'plain'] },
      { path: '/ws', query: { key: 'circle', fallback: lobby }, dialects: ['events'] },
      { path: '/ws/chat', isDirect: true, dialects: ['text'] },
    ],
    binding: 'CIRCLES',
    className: 'CircleObject',
    busKey: 'circle_name',
    speakers: 'member',
    publishes: ['agent_message'],
    wakesAgents: true,
    recordsActivity: false,
    hasFiles: false,
    digests: 'receives',
    links: 'workspace',
    within: null,
    hasLog: true,
    isConversation: true,
    frames: 'text',
    retention: { events: 1_000_000 },
    limits: textLimits,
    isListed: name => !isPrivate(name),
    isDirect,
    isPair,
    privateName: raw => (privateName.test(raw) ? raw : null),
    isShared: name => name === lobby,
    defaults: name =>
      isPrivate(name)
        ? { title: '', default_agent: agentOf(name), visibility: 'private' }
        : { ...openDefaults(name), default_agent: name === lobby ? 'pickle' : null },
    docs: { noun: 'a circle', socket: 'a circle: people and agents talking' },
  },
  workspace: {
    kind: 'workspace',
    plural: 'workspaces',
    page: 'w',
    sockets: [
      { path: '/ws/workspaces', dialects: ['native', 'plain'] },
      { path: '/ws/workspace', dialects: ['native', 'plain'] },
    ],
    binding: 'WORKSPACES',
    className: 'WorkspaceObject',
    busKey: 'workspace_id',
    speakers: 'member',
    publishes: ['file_created', 'file_changed', 'file_deleted', 'git_status'],
    wakesAgents: false,
    recordsActivity: false,
    hasFiles: true,
    digests: 'sends',
    links: 'circle',
    within: null,
    hasLog: true,
    isConversation: false,
    frames: 'text',
    retention: { events: 20_000 },
    limits: textLimits,
    ...ordinaryNames,
    docs: { noun: 'a workspace', socket: 'a workspace: files and git' },
  },
  agent: {
    kind: 'agent',
    plural: 'agents',
    page: 'a',
    sockets: [{ path: '/ws/agents', dialects: ['native', 'plain'] }],
    binding: 'AGENT_CHANNELS',
    className: 'AgentChannelObject',
    busKey: null,
    speakers: null,
    publishes: [],
    wakesAgents: false,
    recordsActivity: true,
    hasFiles: false,
    digests: null,
    links: null,
    within: null,
    hasLog: true,
    isConversation: false,
    frames: 'text',
    retention: { events: 2_000 },
    limits: textLimits,
    ...ordinaryNames,
    docs: { noun: 'an agent’s channel', socket: 'what one agent is doing, across circles' },
  },
  document: {
    kind: 'document',
    plural: 'documents',
    page: 'doc',
    sockets: [
      { path: '/ws/documents', dialects: ['documents', 'yjs'] },
      { path: '/hocuspocus', dialects: ['hocuspocus'] },
      { path: '/parties/document', dialects: ['yjs'] },
    ],
    binding: 'DOCUMENTS',
    className: 'DocumentObject',
    busKey: null,
    speakers: 'member',
    publishes: [],
    wakesAgents: false,
    recordsActivity: false,
    hasFiles: false,
    digests: null,
    links: null,
    within: 'circle',
    hasLog: false,
    isConversation: false,
    frames: 'binary',
    retention: { events: 1_000 },
    limits: {
      frame_bytes: limits.document_bytes,
      drop_bytes: 2 * limits.document_bytes,
      messages_per_second: 120, // updates and awareness, of which editors send up to 60 each
      message_burst: 240,
      bytes_per_second: 1_048_576,
    },
    ...ordinaryNames,
    docs: { noun: 'a document', socket: 'a document of a circle, in the protocol of Yjs' },
  },
} as const satisfies Record<string, ChannelKindDefinition<Names>>

/** The name of a kind of channel. */
export type ChannelKind = keyof typeof definitions

/** The name of a kind of channel that has a log. */
export type LogKind = {
  [Kind in ChannelKind]: (typeof definitions)[Kind]['hasLog'] extends true ? Kind : never
}[ChannelKind]

/** Returns whether the channels of a kind have a log. */
export function isLogKind(kind: ChannelKind): kind is LogKind {
  return definitions[kind].hasLog
}

/** The binding of a kind's namespace, in `Env`. */
export type ChannelBinding = (typeof definitions)[ChannelKind]['binding']

/** A key of bus events that names a channel of a certain kind. */
export type BusKey = NonNullable<(typeof definitions)[ChannelKind]['busKey']>

/** Kinds of channel, by name. A Map, because names come from the network. */
export type ChannelKinds = ReadonlyMap<string, ChannelKindDefinition>

/** A circle: people and agents talk. */
export const circle: ChannelKindDefinition = definitions.circle
/** A workspace: a working tree publishes changes to its files and its git status. */
export const workspace: ChannelKindDefinition = definitions.workspace
/** An agent's channel: its activity in all circles. */
export const agentChannel: ChannelKindDefinition = definitions.agent

/** A document: what people and agents of a circle write together. */
export const documentKind: ChannelKindDefinition = definitions.document

/** The kind that people need not write: `dev-team` is `circle:dev-team`. */
export const defaultKind: ChannelKindDefinition = circle

/** Our own kinds of channel. */
export const builtinKinds: ChannelKinds = new Map<string, ChannelKindDefinition>(Object.entries(definitions))

/** The binding of the namespace of a kind. */
export function bindingOf(kind: ChannelKind): ChannelBinding {
  return definitions[kind].binding
}
