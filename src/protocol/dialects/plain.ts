import type { AnyEvent } from '../events/events.ts'
import { limits } from '../limits.ts'
import { nestsDeeperThan } from '../text.ts'
import { type Decoded, type Dialect, decodeRefusal, type EncodeContext, parseObject, timestamp } from './dialect.ts'

/** JSON objects with `type` and `data`, or bare text; the server sends nothing until there is something to show. */
export const plain: Dialect = {
  name: 'plain',
  subprotocol: null,
  authenticatesLater: true,
  greets: false,
  receivesEphemeral: false,
  heartbeats: false,
  batches: false,
  queuesBursts: true,
  showsRetry: false,
  decode(text) {
    if (!text.trimStart().startsWith('{')) return message(text)
    if (nestsDeeperThan(text, limits.depth))
      return decodeRefusal('too_deep', `the frame nests more than ${limits.depth} deep`)
    const frame = parseObject(text)
    return frame === null ? message(text) : readFrame(frame)
  },

  encode(frame, context) {
    if ('seq' in frame) return encodeEvent(frame, context)
    if (frame.type === 'pong') return '{"type":"pong","data":{}}'
    if (frame.type !== 'error' && frame.type !== 'signal') return null
    return JSON.stringify({
      type: frame.type,
      data: frame.data,
      timestamp: timestamp(frame.at),
      channel: context.channel,
    })
  },
}

function message(content: string, type?: 'user_message'): Decoded {
  const command = { type: 'message' as const, id: null, data: { content } }
  return type === undefined ? { command } : { command, origin: { type } }
}

// Only keys with a meaning are read: a sender's claims about itself are ignored.
function readFrame({ type = 'message', content, data, token }: Record<string, unknown>): Decoded {
  switch (type) {
    case 'message':
    case 'user_message': {
      const text = content ?? (data as { content?: unknown } | null | undefined)?.content
      if (text === undefined || text === null) return decodeRefusal('empty', 'content is missing')
      if (typeof text !== 'string') return decodeRefusal('invalid', 'content must be a string')
      return message(text, type === 'user_message' ? type : undefined)
    }
    case 'ping':
      return { command: { type: 'ping', id: null, data: {} } }
    case 'pong':
      return { nothing: true }
    case 'auth':
      if (typeof token !== 'string') return decodeRefusal('unauthenticated', 'token is missing or not a string')
      return { command: { type: 'auth', id: null, data: { token } } }
    default:
      return decodeRefusal('unknown_type', 'There is no such type of frame.')
  }
}

function encodeEvent(event: AnyEvent, { channel, events }: EncodeContext): string | null {
  const shown = events.get(event.type)?.plain?.(event)
  return shown === undefined ? null : JSON.stringify({ ...shown, timestamp: timestamp(event.at), channel })
}
