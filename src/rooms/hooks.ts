import { sha256 } from '../lib/ids.ts'
import type { ChannelKindDefinition } from '../protocol/channels/channel-kinds.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Origin } from '../protocol/events/events.ts'
import type { Attachment } from '../protocol/files.ts'
import { atLeast, type PersonRole } from '../protocol/roles.ts'
import { cleanText, fits, hasVisibleText } from '../protocol/text.ts'
import type { Components } from './component.ts'
import type { Settings } from './members/settings.ts'
import { refusal } from './outcome.ts'
import type { Session } from './sessions/session.ts'

/** What a hook may look at. */
export type HookContext = { kind: ChannelKindDefinition; settings: Settings; components: Components }

/** A text that is about to be stored. `session`: null for an agent's reply and a digest. */
export type Draft = {
  type: 'message' | 'message_edited' | 'agent_message'
  content: string
  session: Session | null
  attachments?: readonly Attachment[] | undefined
}

/** Returns the reason a session may not write now, or null. Runs before a write, in the same synchronous run. */
export type WriteGuard = (context: HookContext, session: Session) => Refusal | null

/** Refuses a text, replaces it, or leaves it (null). Runs before the text is written, in the same synchronous run. */
export type BeforeStore = (context: HookContext, draft: Draft) => { refused: Refusal } | { content: string } | null

/** Replaces a part of a reply that is not stored yet, or hides it (null). */
export type BeforeDelta = (context: HookContext, text: string) => string | null

/** Code that runs before something is stored or shown, in order; all of it is synchronous. */
export type Hooks = {
  writeGuards: readonly WriteGuard[]
  beforeStore: readonly BeforeStore[]
  beforeDelta: BeforeDelta | null // null: a reply is shown as it is written
}

/** The least role that may write in a channel; null: people can only read. */
export function leastWriter({ kind, settings }: HookContext): PersonRole | null {
  return kind.speakers !== null && settings.value.writers === 'moderators' ? 'moderator' : kind.speakers
}

/** Refuses everybody below the least role that may write: readers, and so everybody who is muted. */
export const refuseReaders: WriteGuard = (context, { user }) => {
  const least = leastWriter(context)
  if (least === null) return refusal('read_only', 'People can only read here.')
  if (atLeast(user.role, least)) return null
  const isReader = user.role === 'reader' || least === context.kind.speakers
  return refusal('read_only', isReader ? 'You can read here, but not write.' : 'Only moderators can write here.')
}

/** Refuses everybody in an archived channel. A paused one takes messages: it is its agents that pause. */
export const refuseWhileArchived: WriteGuard = ({ settings }) =>
  settings.value.status === 'archived' ? refusal('read_only', 'This channel is archived.') : null

/** The hooks of every room of our own. */
export const builtinHooks: Hooks = {
  writeGuards: [refuseReaders, refuseWhileArchived],
  beforeStore: [],
  beforeDelta: null,
}

/** The text as the hooks leave it, and its origin with what was sent if that differs; or the refusal of one of them. */
export function beforeStore(
  context: HookContext & { hooks: Hooks },
  draft: Draft,
  origin?: Origin,
): { content: string; origin?: Origin } | { refused: Refusal } {
  let { content } = draft
  for (const hook of context.hooks.beforeStore) {
    const result = hook(context, { ...draft, content })
    if (result !== null && 'refused' in result) return result
    if (result !== null) content = result.content
  }
  if (content === draft.content) return { content, ...(origin && { origin }) }
  return { content, origin: { ...origin, sent: sha256(draft.content) } }
}

/** The refusal of the first write guard that refuses this session, or null: it may write. */
export function refuseWriting(context: HookContext & { hooks: Hooks }, session: Session): Refusal | null {
  for (const guard of context.hooks.writeGuards) {
    const refused = guard(context, session)
    if (refused !== null) return refused
  }
  return null
}

/** The text of a message as it will be stored, or why it cannot be. */
export function cleanContent(text: string, maxBytes: number): { content: string } | { refused: Refusal } {
  if (!fits(text, maxBytes)) return { refused: refusal('too_large', `A message is at most ${maxBytes} bytes.`) }
  const content = cleanText(text)
  if (content === null) return { refused: refusal('invalid', 'The content is not well-formed Unicode.') }
  return hasVisibleText(content) ? { content } : { refused: refusal('empty', 'A message must not be empty.') }
}
