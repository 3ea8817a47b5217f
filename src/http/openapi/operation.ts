import type { z } from 'zod/v4'

/** An operation of the OpenAPI document: one method of one path. */
export type Operation = {
  id: string // its name in generated clients, which does not change with the path
  method: 'get' | 'post' | 'patch' | 'delete'
  path: string // as Hono writes it: `:name` is a parameter
  summary: string
  description?: string // absent: `operationDescriptions` has it
  isPublic?: true // needs no token
  hasOwnToken?: true // needs one that identifies no user, and checks it itself
  params?: Record<string, PathParameter> // of the path, where they differ from the usual ones
  query?: z.ZodObject
  headers?: Record<string, HeaderParameter>
  body?: z.ZodType
  bodyType?: string // the media type of a body that is not JSON
  responses: Record<number, z.ZodType | string> // by status; a string is a media type, or describes an empty response
}

/** A request header that an operation reads. */
export type HeaderParameter = { description: string; pattern: string }

/** A parameter in the path of an operation. */
export type PathParameter = { description: string; schema: Record<string, unknown> }
