// The package entry `circles-rooms/router`.

export { createMiddleware } from 'hono/factory'
export { type AgentInput, type AgentRunOptions, agent, type BoundAgent } from './bound-agent.ts'
export type { ContextLogger, LogMethod } from './context-logger.ts'
export { type AgentContext, createAgent, type FunctionAgent, type OpenInput } from './create-agent.ts'
export { type Behind, createRouter, type OpenEnv, type Router, type RouterEnv, type SocketHandler } from './router.ts'
export type { ServerSocket, SocketData, SocketListener, SocketMessage } from './server-socket.ts'
export type { SocketSetup } from './upgrade.ts'
