import * as z from 'zod/v4'
import { type KindLimits, type Limits, limitsWith } from '../limits.ts'

// The limits that a deployment may set; the others are part of the contract.
const settable = z
  .strictObject({
    messages_per_second: z.number().positive(),
    message_burst: z.int().positive(),
    bytes_per_second: z.int().positive(),
    ephemeral_per_second: z.number().positive(),
    ephemeral_burst: z.int().positive(),
    user_messages_per_second: z.number().positive(),
    user_message_burst: z.int().positive(),
    channel_messages_per_second: z.number().positive(),
    channel_message_burst: z.int().positive(),
    retention_bytes: z.int().min(1_000_000).max(8_000_000_000), // an object's storage ends at 10 GB
    document_bytes: z.int().min(65_536).max(4_194_304), // an isolate has 128 MB, of which such a document takes half
    sessions_per_user: z.int().positive(),
    sessions_per_channel: z.int().positive().max(100_000), // an object holds 32,768 sockets; behind relays, 0.7 KB of memory each
    turns_at_once: z.int().positive().max(20),
    turn_seconds: z.int().positive().max(600),
    turns_per_person_hour: z.int().nonnegative(),
    turns_per_circle_day: z.int().nonnegative(),
    tokens_per_circle_day: z.int().nonnegative(),
    channels_per_person_day: z.int().nonnegative(),
    turns_per_person_day: z.int().nonnegative(),
    tokens_per_person_day: z.int().nonnegative(),
    bytes_per_person_minute: z.int().nonnegative(),
    bytes_per_person_day: z.int().nonnegative(),
    file_bytes_per_person_day: z.int().nonnegative(),
    tokens_per_deployment_day: z.int().nonnegative(),
  })
  .partial()

/**
 * Returns the limits of a deployment for a kind of channel, which has `own` values: those, as the setting `LIMITS` (JSON)
 * changes them. A setting that cannot be read changes nothing: the Worker then refuses every request (`limitsProblem`),
 * and channels that are awake carry on.
 */
export function readLimits(setting: string | undefined, own: Partial<KindLimits> = {}): Limits {
  const read = readSetting(setting)
  return limitsWith(read?.success ? read.data : {}, own)
}

/** Returns what is wrong with the setting `LIMITS`, for the operator, or null. */
export function limitsProblem(setting: string | undefined): string | null {
  const read = readSetting(setting)
  if (read === null || read.success) return null
  const [issue] = read.error.issues
  const name = issue?.path.join('.') ?? ''
  if (issue?.code === 'unrecognized_keys') return `LIMITS has an unknown key: ${issue.keys.join(', ')}.`
  return name === ''
    ? 'LIMITS is not a JSON object like {"sessions_per_user":10}.'
    : `LIMITS.${name} has no valid value.`
}

function readSetting(setting: string | undefined) {
  if (!setting) return null
  const known = cache.get(setting) ?? settable.safeParse(parseJson(setting))
  cache.set(setting, known)
  return known
}

const cache = new Map<string, ReturnType<typeof settable.safeParse>>() // a deployment has one setting

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null // not an object, so the schema refuses it
  }
}
