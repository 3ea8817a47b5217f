/** Every bound of the protocol in one table; `welcome.limits` shows it to clients. Bytes are UTF-8. */
export const limits = {
  content_bytes: 32_768,
  frame_bytes: 65_536,
  drop_bytes: 1_048_576, // a frame over this closes the socket with 1009
  meta_bytes: 1_024,
  state_bytes: 1_024,
  signal_bytes: 4_096,
  depth: 16,
  mentions: 20,
  history: 200,
  messages_per_second: 10,
  message_burst: 20,
  bytes_per_second: 131_072,
  sessions_per_user: 10,
  sessions_per_channel: 10_000,
  turns_queued: 20,
} as const

export type Limits = { readonly [Key in keyof typeof limits]: number }
