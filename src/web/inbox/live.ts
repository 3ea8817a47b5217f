// What is loaded for those who have an inbox, in one file (conversation/on-demand.ts).

export { openFeed } from '../lib/feed.ts'
export { watchUnread } from './watch-unread.ts'
