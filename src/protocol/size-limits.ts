/** The limits by which a client refuses what the server would not accept. Bytes are of UTF-8. */
export const sizeLimits = {
  content_bytes: 32_768,
  frame_bytes: 65_536,
  meta_bytes: 1_024,
  state_bytes: 1_024,
  signal_bytes: 4_096,
  depth: 16,
} as const

/** A value for each of them. */
export type SizeLimits = { readonly [Key in keyof typeof sizeLimits]: number }
