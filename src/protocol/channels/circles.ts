import * as z from 'zod/v4'
import { configuration, rule } from '../commands/commands.ts'
import { channelStatus, writers } from '../events/events.ts'
import { nameRules } from './canonical-name.ts'
import { canonicalName, namePattern } from './channels.ts'
import { region } from './region.ts'
import { retention } from './retention.ts'

// Circles over HTTP.

const visibility = z.enum(['public', 'private'])

/** An entry of a list of circles. */
export const circleEntry = z.object({
  name: z.string(),
  title: z.string(),
  status: channelStatus,
  visibility,
  default_agent: z.string().nullable(),
  created_at: z.iso.datetime(),
  region: region.optional(), // asked for when it was created; absent: none was
})
/** The type of `circleEntry`. */
export type CircleEntry = z.infer<typeof circleEntry>

/** One circle, as a whole. */
export const circleDescription = circleEntry.omit({ created_at: true }).extend({
  channel: z.string(),
  writers: writers.optional(), // absent: members
  rules: z.array(rule),
  bots: z.array(z.string()).optional(), // users (ids) who are programs; absent: none
  retention,
  epoch: z.string(),
  head: z.int().nonnegative(), // seq of the last event, 0 in an empty log
  earliest: z.int().positive(), // seq of the first event still kept
  online: z.int().nonnegative(), // users with an open socket
})
/** The type of `circleDescription`. */
export type CircleDescription = z.infer<typeof circleDescription>

/** The name, the region and the configuration of a new circle. */
export const newCircle = configuration.extend({
  region: region.optional(), // absent: near the sender of the request
  name: z
    .string()
    .meta({ pattern: `^${namePattern}$` })
    .transform((raw, context) => {
      const name = canonicalName(raw)
      if (name !== null) return name
      context.addIssue({
        code: 'custom',
        message: nameRules,
      })
      return z.NEVER
    }),
})

// A list of two numbers: many generators of clients cannot read a tuple.
const range = z.array(z.int().nonnegative()).length(2) as z.ZodType as z.ZodType<[from: number, to: number]>

/** A message that was found. `highlights`: the words in the snippet, as [from, to) in UTF-16 units. */
export const searchResult = z.object({
  seq: z.int().positive(),
  type: z.enum(['message', 'agent_message']),
  timestamp: z.iso.datetime(),
  author: z.object({ id: z.string(), name: z.string() }),
  snippet: z.string(),
  highlights: z.array(range),
})
/** The type of `searchResult`. */
export type SearchResult = z.infer<typeof searchResult>

/**
 * A page of results. `complete`: all of the log was searched; if not, the next search covers more of it. `next`: the
 * `before` of the next page; null: there is none.
 */
export const searchPage = z.object({
  results: z.array(searchResult),
  complete: z.boolean(),
  next: z.int().positive().nullable(),
})
/** The type of `searchPage`. */
export type SearchPage = z.infer<typeof searchPage>
