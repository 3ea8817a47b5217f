// `circles-rooms/documents`: documents of circles, in a Worker of one's own.

export { documentKind } from '../protocol/channels/channel-kinds.ts'
export { circleDocuments } from './circle-feature.ts'
export { defineDocument } from './define-document.ts'
