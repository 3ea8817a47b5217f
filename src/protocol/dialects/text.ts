import type { Dialect } from './dialect.ts'

/** Text in, an agent's whole reply as text out: a private circle with one agent. */
export const text: Dialect = {
  name: 'text',
  subprotocol: null,
  authenticatesLater: false,
  greets: false,
  receivesEphemeral: false,
  heartbeats: false,
  batches: false,
  showsRetry: false,
  decode(content) {
    return { command: { type: 'message', id: null, data: { content } } }
  },

  encode(frame, { events }) {
    if ('seq' in frame) return events.get(frame.type)?.text?.(frame) ?? null
    return frame.type === 'error' ? JSON.stringify({ error: frame.data.message }) : null
  },
}
