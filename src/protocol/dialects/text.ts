import type { Dialect } from './dialect.ts'

const failed = JSON.stringify({ error: 'Processing failed' })

/** Text in, the agent's whole answer as text out: a private talk with one agent. */
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

  encode(frame) {
    switch (frame.type) {
      case 'agent_message':
        return frame.data.content
      case 'turn_failed':
        return failed
      case 'error':
        return JSON.stringify({ error: frame.data.message })
      default:
        return null // its own lines need no echo, and it knows nothing else
    }
  },
}
