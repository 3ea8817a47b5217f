import type { HttpContext } from './context.ts'

/** What serves requests to `/mcp`, once their sender is known: the module `circles-rooms/mcp`. */
export type McpModule = { serveMcp(context: HttpContext): Promise<Response> }

/** Loads the module at the first request to `/mcp`: `() => import('circles-rooms/mcp')`. */
export type McpLoader = () => Promise<McpModule>
