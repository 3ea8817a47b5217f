import { circleDocuments, defineDocument, documents } from 'circles-rooms/documents'
import { CircleDirectory, circles, defineCircle, defineProtocol, TokenRegistry } from 'circles-rooms/server'

const protocol = defineProtocol({ events: {}, commands: {} })

export class EditorsCircle extends defineCircle(protocol, { documents: circleDocuments }) {}
export class EditorsDocument extends defineDocument() {}
export { CircleDirectory, TokenRegistry }

export default { fetch: circles({ protocol, documents }).fetch }
