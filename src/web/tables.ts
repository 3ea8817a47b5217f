// The tables of the page: no other module of it names our own.

export { builtinKinds as kinds, defaultKind } from '../protocol/channels/channel-kinds.ts'
export { builtinSummaries as summaries } from '../protocol/events/event-summaries.ts'
