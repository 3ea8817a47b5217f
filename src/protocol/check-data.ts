import type { z } from 'zod/v4'

/**
 * Checks data by the schema of a command, an event or an operation of the HTTP API. Throws an error that names it if the
 * schema throws, or would have to wait: schemas may be those of somebody else's protocol.
 */
export function checkData<Data>(
  what: 'command' | 'event' | 'operation',
  name: string,
  schema: z.ZodType<Data>,
  data: unknown,
): z.ZodSafeParseResult<Data> {
  try {
    return schema.safeParse(data)
  } catch (cause) {
    throw new Error(`The schema of the ${what} "${name}" failed: schemas are synchronous, and do not throw.`, { cause })
  }
}
