// Mentions are defined in src/protocol, for the page and the client, too.

export { mentionsIn, stripMentions } from '../protocol/mentions.ts'
