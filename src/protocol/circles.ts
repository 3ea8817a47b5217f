import { z } from 'zod'
import { canonicalName } from './channels.ts'
import { configuration, rule } from './commands.ts'
import { channelStatus } from './events.ts'
import { retention } from './retention.ts'

// Circles as HTTP shows them.

const visibility = z.enum(['public', 'private'])

/** A circle in a list of circles. */
export const circleEntry = z.object({
  name: z.string(),
  title: z.string(),
  status: channelStatus,
  visibility,
  default_agent: z.string().nullable(),
  created_at: z.iso.datetime(),
})
export type CircleEntry = z.infer<typeof circleEntry>

/** All that is known of one circle. */
export const circleDescription = circleEntry.omit({ created_at: true }).extend({
  channel: z.string(),
  rules: z.array(rule),
  retention,
  epoch: z.string(),
  head: z.int().nonnegative(), // seq of the last event, 0 in an empty log
  earliest: z.int().positive(), // seq of the first event still kept
  online: z.int().nonnegative(), // people who have a socket open
})
export type CircleDescription = z.infer<typeof circleDescription>

/** What a new circle is called and how it begins. */
export const newCircle = configuration.extend({
  name: z.string().transform((raw, context) => {
    const name = canonicalName(raw)
    if (name !== null) return name
    context.addIssue({ code: 'custom', message: 'a name is 1 to 64 of a-z 0-9 . _ -, a letter or digit at both ends' })
    return z.NEVER
  }),
})

/** A line that was found. `highlights`: where in the snippet the words stand, as [from, to) in UTF-16 units. */
export const searchResult = z.object({
  seq: z.int().positive(),
  type: z.enum(['message', 'agent_message']),
  timestamp: z.iso.datetime(),
  author: z.object({ id: z.string(), name: z.string() }),
  snippet: z.string(),
  highlights: z.array(z.tuple([z.int().nonnegative(), z.int().nonnegative()])),
})
export type SearchResult = z.infer<typeof searchResult>

/** `complete`: every line that is kept was looked at; else asking again looks at more of the old ones. */
export const searchPage = z.object({ results: z.array(searchResult), complete: z.boolean() })
export type SearchPage = z.infer<typeof searchPage>
