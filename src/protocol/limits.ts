import { sizeLimits } from './size-limits.ts'

/** Every limit of the protocol; `welcome.limits` tells clients those in force. Bytes are of UTF-8. */
export const limits = {
  ...sizeLimits,
  drop_bytes: 1_048_576, // a frame over this closes the socket with 1009
  unread_bytes: 4_194_304, // sent since a socket's last `recv`, then 4430; 0: no `recv` is needed
  document_bytes: 4_194_304, // of a document's state
  file_bytes: 26_214_400, // of one file
  attachments: 10, // of one message
  mentions: 20,
  history: 200,
  messages_per_second: 10, // of one socket, as bytes_per_second
  message_burst: 20,
  bytes_per_second: 131_072,
  ephemeral_per_second: 20, // typing, presence, signals and reads of one socket, which do not count as messages
  ephemeral_burst: 40,
  user_messages_per_second: 20, // of one user, over all sockets and requests
  user_message_burst: 40,
  channel_messages_per_second: 500, // of all users together
  channel_message_burst: 1_000,
  retention_bytes: 1_000_000_000, // of one channel's events (L6)
  sessions_per_user: 10,
  sessions_per_channel: 10_000,
  turns_queued: 20, // per agent and circle
  turns_at_once: 1, // per agent and circle
  turn_seconds: 60, // for one call of an agent
  turn_wait_seconds: 300, // since its prompt, for an agent that is not connected
  turns_per_person_hour: 600,
  turns_per_circle_day: 10_000,
  tokens_per_circle_day: 5_000_000, // as far as agents report their usage
  channels_per_person_day: 200, // created; this and the following over the whole deployment, per day in UTC
  turns_per_person_day: 2_000,
  tokens_per_person_day: 2_000_000,
  bytes_per_person_minute: 16_777_216, // of stored events
  bytes_per_person_day: 1_073_741_824, // imports included
  file_bytes_per_person_day: 1_073_741_824, // of files that were uploaded
  tokens_per_deployment_day: 50_000_000,
} as const

/** A value for every limit. */
export type Limits = { readonly [Key in keyof typeof limits]: number }

/** The limits that each kind of channel has values of its own for. */
export type KindLimits = Pick<
  Limits,
  'frame_bytes' | 'drop_bytes' | 'messages_per_second' | 'message_burst' | 'bytes_per_second'
>

/**
 * The limits with some values changed. Where a socket may send more messages, it may send more ephemeral frames, and so
 * may its user and its channel, unless these are among the changes. `own`: the values of a kind of channel, from which its changes start.
 */
export function limitsWith(
  changes: { [Key in keyof Limits]?: number | undefined },
  own: Partial<KindLimits> = {},
): Limits {
  const set = { ...limits, ...own, ...changes } as Limits
  const more = {
    ephemeral_per_second: Math.max(set.ephemeral_per_second, 2 * set.messages_per_second),
    ephemeral_burst: Math.max(set.ephemeral_burst, 2 * set.message_burst),
    user_messages_per_second: Math.max(set.user_messages_per_second, 2 * set.messages_per_second),
    user_message_burst: Math.max(set.user_message_burst, 2 * set.message_burst),
    channel_messages_per_second: Math.max(set.channel_messages_per_second, 50 * set.messages_per_second),
    channel_message_burst: Math.max(set.channel_message_burst, 50 * set.message_burst),
  }
  return { ...set, ...more, ...changes } as Limits
}
