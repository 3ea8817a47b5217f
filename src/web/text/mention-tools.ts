// What knows where mentions are: it has to read Markdown as the server does, which is much code for texts without any.

export { isMentioned } from '../../protocol/mentions.ts'
export { markMentions } from './mark-mentions.ts'
export { mentionsWithin, splitMentions } from './mentions.ts'
