import { type Dialect, parseObject } from './dialect.ts'

/** Text in, an agent's whole reply as text out: a private circle with one agent. */
export const text: Dialect = {
  name: 'text',
  subprotocol: null,
  authenticatesLater: false,
  greets: false,
  receivesEphemeral: false,
  heartbeats: false,
  batches: false,
  queuesBursts: true,
  showsRetry: false,
  decode(content) {
    switch (signOfLife(content)) {
      case 'ping':
        return { command: { type: 'ping', id: null, data: {} } }
      case 'pong':
        return { nothing: true }
      default:
        return { command: { type: 'message', id: null, data: { content } } }
    }
  },

  encode(frame, { events }) {
    if ('seq' in frame) return events.get(frame.type)?.text?.(frame) ?? null
    if (frame.type === 'pong') return '{"type":"pong","data":{}}'
    return frame.type === 'error' ? JSON.stringify({ error: frame.data.message }) : null
  },
}

const longestSign = 64 // characters: a heartbeat with spaces in it, and no message

/** The type of a frame that is a heartbeat and nothing else, `{ "type": "ping" }` however it is formatted, or null. */
function signOfLife(frame: string): unknown {
  if (frame.length > longestSign || !frame.trimStart().startsWith('{')) return null
  const { type = null, data: _data, ...rest } = parseObject(frame) ?? {}
  return Object.keys(rest).length === 0 ? type : null
}
