import type { z } from 'zod'

/** An operation of the OpenAPI document: one method of one path. */
export type Operation = {
  method: 'get' | 'post' | 'patch' | 'delete'
  path: string // as Hono writes it: `:name` is a parameter
  summary: string
  description?: string
  isPublic?: true // needs no token
  query?: z.ZodObject
  headers?: Record<string, string> // the description of each
  body?: z.ZodType
  bodyType?: string // the media type of a body that is not JSON
  responses: Record<number, z.ZodType | string> // by status; a string is a media type, or describes an empty response
}
