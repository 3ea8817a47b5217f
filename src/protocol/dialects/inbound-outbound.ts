import * as z from 'zod/v4'
import { expectationOf } from '../describe-issue.ts'
import type { EventOf, LoggedEvent } from '../events/events.ts'
import { limits } from '../limits.ts'
import { hasColon, hasVisibleText, nestsDeeperThan } from '../text.ts'
import { idText, singleLine, text } from '../text-schema.ts'
import { type Dialect, decodeRefusal, type EncodeContext, parseObject } from './dialect.ts'

const inbound = z.object({
  source: singleLine()
    .max(64)
    .refine(source => !hasColon(source), 'must contain no colon: ids of users have one'),
  content: text(),
  agent_id: idText().max(64).nullish(),
})

/** InboundEvent and OutboundEvent: a message and an agent's reply, tied by `session_id`. */
export const events: Dialect = {
  name: 'events',
  subprotocol: null,
  authenticatesLater: false,
  greets: false,
  receivesEphemeral: false,
  heartbeats: false,
  batches: false,
  queuesBursts: true,
  showsRetry: true,
  decode(text) {
    if (nestsDeeperThan(text, limits.depth))
      return decodeRefusal('too_deep', `the frame nests more than ${limits.depth} deep`)
    const frame = parseObject(text)
    if (frame === null) return decodeRefusal('bad_frame', 'expected a JSON object')
    const { type } = frame
    if (type === 'ping') return { command: { type, id: null, data: {} } }
    if (type === 'pong') return { nothing: true }
    const parsed = inbound.safeParse(frame)
    if (!parsed.success) return decodeRefusal('invalid', describeIssue(parsed.error.issues[0]))
    const { source, content, agent_id } = parsed.data
    const origin = { source }
    if (!hasVisibleText(source)) return decodeRefusal('invalid', 'source: must not be empty')
    return { command: { type: 'message', id: null, data: agent_id ? { content, to: agent_id } : { content } }, origin }
  },

  encode(frame, context) {
    if ('seq' in frame) return encodeEvent(frame as LoggedEvent, context) // whose default is every other type
    if (frame.type === 'retry') {
      return frame.event.type === 'message' ? inboundEvent(frame.event, context, frame.attempt) : null
    }
    if (frame.type === 'error') {
      return JSON.stringify({ type: 'error', message: `Validation error: ${frame.data.message}` })
    }
    return frame.type === 'pong' ? '{"type":"pong","data":{}}' : null
  },
}

function encodeEvent(event: LoggedEvent, context: EncodeContext): string | null {
  switch (event.type) {
    case 'message':
      return inboundEvent(event, context, 0)
    case 'agent_message':
      return outboundEvent(event, event.data.session_id, event.data.content, null)
    case 'turn_failed':
      return outboundEvent(event, event.origin?.session ?? '', '', event.data.message)
    default:
      return null // this dialect has prompts and replies only
  }
}

function inboundEvent(event: EventOf<'message'>, context: EncodeContext, retryCount: number): string {
  const { user_id, content } = event.data
  return JSON.stringify({
    type: 'InboundEvent',
    session_id: context.sessionId(user_id, event.origin?.source),
    source: `platform-ws:${event.origin?.source ?? user_id}`,
    content,
    timestamp: event.at / 1000,
    retry_count: retryCount,
  })
}

function outboundEvent(
  event: EventOf<'agent_message'> | EventOf<'turn_failed'>,
  sessionId: string,
  content: string,
  error: string | null,
): string {
  return JSON.stringify({
    type: 'OutboundEvent',
    session_id: sessionId,
    source: `agent:${event.data.agent_id}`,
    content,
    timestamp: event.at / 1000,
    error,
  })
}

function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  return issue === undefined ? 'invalid' : `${issue.path.join('.')}: ${expectationOf(issue)}`
}
