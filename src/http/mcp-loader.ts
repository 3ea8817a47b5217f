import type { HttpContext } from './context.ts'

/** Loads what serves `/mcp`, at the first request to it: `() => import('circles-rooms/mcp')`. */
export type McpLoader = () => Promise<{ serveMcp(context: HttpContext): Promise<Response> }>
