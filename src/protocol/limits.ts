import { z } from 'zod'

/** Every bound of the protocol in one table; `welcome.limits` shows it to clients. Bytes are UTF-8. */
export const limits = {
  content_bytes: 32_768,
  frame_bytes: 65_536,
  drop_bytes: 1_048_576, // a frame over this closes the socket with 1009
  unread_bytes: 4_194_304, // sent since a socket's last `recv`, then 4430; 0: nobody needs to say it
  meta_bytes: 1_024,
  state_bytes: 1_024,
  signal_bytes: 4_096,
  depth: 16,
  mentions: 20,
  history: 200,
  messages_per_second: 10, // of a socket, as its bytes
  message_burst: 20,
  bytes_per_second: 131_072,
  user_messages_per_second: 20, // of a user, over all their sockets and requests
  user_message_burst: 40,
  channel_messages_per_second: 500, // of everybody together
  channel_message_burst: 1_000,
  sessions_per_user: 10,
  sessions_per_channel: 10_000,
  turns_queued: 20, // per agent and circle
  turns_at_once: 1, // per agent and circle
  turn_seconds: 60, // for one call of an agent
  turns_per_person_hour: 600,
  turns_per_circle_day: 10_000,
  tokens_per_circle_day: 5_000_000, // as far as agents say what they use
} as const

export type Limits = { readonly [Key in keyof typeof limits]: number }

// What a deployment may set for itself; the others are part of the contract.
const settable = z
  .strictObject({
    messages_per_second: z.number().positive(),
    message_burst: z.int().positive(),
    bytes_per_second: z.int().positive(),
    user_messages_per_second: z.number().positive(),
    user_message_burst: z.int().positive(),
    channel_messages_per_second: z.number().positive(),
    channel_message_burst: z.int().positive(),
    sessions_per_user: z.int().positive(),
    sessions_per_channel: z.int().positive().max(32_768), // as many sockets as an object can hold
    turns_at_once: z.int().positive().max(20),
    turn_seconds: z.int().positive().max(600),
    turns_per_person_hour: z.int().nonnegative(),
    turns_per_circle_day: z.int().nonnegative(),
    tokens_per_circle_day: z.int().nonnegative(),
  })
  .partial()

/**
 * The limits of a deployment: the table, with what its setting `LIMITS` (JSON) says otherwise. One that cannot be read
 * changes nothing: the Worker lets nobody in then (`limitsProblem`), and a channel that is awake goes on.
 */
export function readLimits(setting: string | undefined): Limits {
  const chosen = chosenIn(setting)
  return chosen?.success ? limitsWith(chosen.data) : limits
}

/** What is wrong with the setting `LIMITS`, for whoever set it; null: nothing. */
export function limitsProblem(setting: string | undefined): string | null {
  const chosen = chosenIn(setting)
  if (chosen === null || chosen.success) return null
  const [issue] = chosen.error.issues
  const name = issue?.path.join('.') ?? ''
  if (issue?.code === 'unrecognized_keys') return `LIMITS has a key too many: ${issue.keys.join(', ')}.`
  return name === '' ? 'LIMITS is no JSON object like {"sessions_per_user":10}.' : `LIMITS.${name} cannot be that.`
}

function chosenIn(setting: string | undefined) {
  if (!setting) return null
  const chosen = read.get(setting) ?? settable.safeParse(parsed(setting))
  read.set(setting, chosen)
  return chosen
}

const read = new Map<string, ReturnType<typeof settable.safeParse>>() // a deployment has one

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null // no object, as any other nonsense is none
  }
}

/** The table with some values set. Whoever lets a socket say more means its user and its channel, too. */
export function limitsWith(chosen: { [Key in keyof Limits]?: number | undefined }): Limits {
  const set = { ...limits, ...chosen } as Limits
  const more = {
    user_messages_per_second: Math.max(set.user_messages_per_second, 2 * set.messages_per_second),
    user_message_burst: Math.max(set.user_message_burst, 2 * set.message_burst),
    channel_messages_per_second: Math.max(set.channel_messages_per_second, 50 * set.messages_per_second),
    channel_message_burst: Math.max(set.channel_message_burst, 50 * set.message_burst),
  }
  return { ...set, ...more, ...chosen } as Limits
}
