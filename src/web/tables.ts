// The tables of the page: no other module of it names our own.

import { builtinKinds } from '../protocol/channels/channel-kinds.ts'

export { defaultKind } from '../protocol/channels/channel-kinds.ts'

/** The kinds of channel that the page shows: those with a log. */
export const kinds = new Map([...builtinKinds].filter(([, { hasLog }]) => hasLog))

/** The kinds whose channels have documents: some other kind's channels are within theirs. */
export const kindsWithDocuments = new Set<string>([...builtinKinds.values()].flatMap(({ within }) => within ?? []))
