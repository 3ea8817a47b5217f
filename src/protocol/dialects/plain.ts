import type { LoggedEvent } from '../events.ts'
import { limits } from '../limits.ts'
import { nestsDeeperThan } from '../text.ts'
import { type Decoded, type Dialect, decodeRefusal, parseObject, timestamp } from './dialect.ts'

/** JSON objects with `type` and `data`, or bare text; the server is silent until something is said. */
export const plain: Dialect = {
  name: 'plain',
  subprotocol: null,
  authenticatesLater: true,
  greets: false,
  receivesEphemeral: false,
  heartbeats: false,
  batches: false,
  showsRetry: false,
  decode(text) {
    if (!text.trimStart().startsWith('{')) return line(text)
    if (nestsDeeperThan(text, limits.depth))
      return decodeRefusal('too_deep', `a frame nests at most ${limits.depth} deep`)
    const frame = parseObject(text)
    return frame === null ? line(text) : readFrame(frame)
  },

  encode(frame, { channel }) {
    if ('seq' in frame) return encodeEvent(frame, channel)
    if (frame.type === 'pong') return '{"type":"pong","data":{}}'
    if (frame.type !== 'error') return null
    return JSON.stringify({ type: 'error', data: frame.data, timestamp: timestamp(frame.at), channel })
  },
}

function line(content: string, type?: 'user_message'): Decoded {
  const command = { type: 'message' as const, id: null, data: { content } }
  return type === undefined ? { command } : { command, origin: { type } }
}

// Only the keys that mean something are looked at: what a sender claims about itself is not.
function readFrame({ type = 'message', content, data, token }: Record<string, unknown>): Decoded {
  switch (type) {
    case 'message':
    case 'user_message': {
      const text = content ?? (data as { content?: unknown } | null | undefined)?.content
      if (text === undefined || text === null) return decodeRefusal('empty', 'a message needs "content"')
      if (typeof text !== 'string') return decodeRefusal('invalid', '"content" is a text')
      return line(text, type === 'user_message' ? type : undefined)
    }
    case 'ping':
      return { command: { type: 'ping', id: null, data: {} } }
    case 'pong':
      return { nothing: true }
    case 'auth':
      if (typeof token !== 'string') return decodeRefusal('unauthenticated', 'auth needs a "token"')
      return { command: { type: 'auth', id: null, data: { token } } }
    default:
      return decodeRefusal('unknown_type', 'there is no such type of frame')
  }
}

function encodeEvent(event: LoggedEvent, channel: string): string | null {
  const around = { timestamp: timestamp(event.at), channel }
  switch (event.type) {
    case 'message': {
      const { content } = event.data
      return JSON.stringify({ type: event.origin?.type ?? 'message', content, data: event.data, ...around })
    }
    case 'turn_failed': {
      const { agent_id, message } = event.data
      return JSON.stringify({ type: 'error', data: { code: 'agent_unavailable', message, agent_id }, ...around })
    }
    case 'agent_message':
    case 'agent_joined':
    case 'agent_left':
    case 'circle_status':
    case 'file_created':
    case 'file_changed':
    case 'file_deleted':
    case 'git_status':
    case 'agent_activity':
      return JSON.stringify({ type: event.type, data: event.data, ...around })
    case 'message_edited':
    case 'message_deleted':
    case 'reaction':
    case 'member_changed':
    case 'approval_requested':
    case 'approval_decided':
    case 'webhook_failed':
      return null // a plain client knows lines, agents, files and git
    default:
      return event satisfies never
  }
}
