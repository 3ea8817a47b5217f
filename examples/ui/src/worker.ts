import { CircleDirectory, circles, defineCircle, defineProtocol, TokenRegistry } from 'circles-rooms/server'

const protocol = defineProtocol({ events: {}, commands: {} })

export class ChatCircle extends defineCircle(protocol, {}) {}
export { Bee } from './bee.ts'
export { CircleDirectory, TokenRegistry }

export default { fetch: circles({ protocol }).fetch }
