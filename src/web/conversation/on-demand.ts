// What the conversation loads when it is first needed. It is one file: each one that the first script knows of makes that
// larger by 0.1 KB.

export { AttachedFile } from '../files/attached-file.tsx'
export { UploadList } from '../files/upload-list.tsx'
export { CatchUpBar } from './catch-up-bar.tsx'
export { ApprovalCard } from './events/approval-card.tsx'
export { EventGroupRow } from './events/event-group.tsx'
export { FailedTurn } from './events/failed-turn.tsx'
export { MoreEvent } from './events/more-event.tsx'
export { MessageEditor } from './message/message-editor.tsx'
export { Prompt } from './message/prompt.tsx'
export { Reactions } from './message/reactions.tsx'
export { Replies } from './message/replies.tsx'
export { SendFailure } from './message/send-failure.tsx'
export { StreamingTurn } from './message/streaming-turn.tsx'
