import * as z from 'zod/v4'

/** Where an object is to be created: a hint to the platform, with the names that Cloudflare gives. */
export const region = z.enum(['wnam', 'enam', 'sam', 'weur', 'eeur', 'apac', 'apac-ne', 'apac-se', 'oc', 'afr', 'me'])
/** The type of `region`. */
export type Region = z.infer<typeof region>
