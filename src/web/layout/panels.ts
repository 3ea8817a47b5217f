// The panels beside the conversation, in one file, as what the conversation loads (conversation/on-demand.ts).

export { Thread } from '../conversation/thread.tsx'
export { Notifications } from '../panels/notifications.tsx'
export { Search } from '../panels/search.tsx'
export { Settings } from '../panels/settings.tsx'
