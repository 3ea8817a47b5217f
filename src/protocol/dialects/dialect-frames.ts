import * as z from 'zod/v4'
import { refusalCode } from '../errors.ts'
import type { EventRegistry } from '../events/event-registry.ts'
import type { DialectName } from './index.ts'

// The frames of the dialects other than the native one as schemas, for the documents that describe the wire.
// test/protocol/dialects/dialect-frames.test.ts compares them with what the dialects read and write.

/** The frames of a dialect: what its clients send and what they receive, by name. */
export type DialectFrames = { received: Record<string, z.ZodType>; sent: Record<string, z.ZodType> }

const content = z.string().meta({ minLength: 1 })

/** The frames of every dialect but the native one, where these events can be logged. */
export function dialectFrames(events: EventRegistry): Record<Exclude<DialectName, 'native'>, DialectFrames> {
  const binary = { received: { bytes: documentBytes }, sent: { bytes: documentBytes } }
  return {
    plain: plainFrames(events),
    events: eventsFrames,
    text: textFrames,
    yjs: binary,
    hocuspocus: binary,
    documents: binary,
  }
}

const documentBytes = z.string().describe('A binary frame: a message of y-protocols. PROTOCOL.md, “Documents”.')

// D1 and D2.
function plainFrames(events: EventRegistry): DialectFrames {
  const shown = [...events].flatMap(([type, { plain }]) => (plain === undefined || type in ownPlain ? [] : [type]))
  const head = { timestamp: z.iso.datetime(), channel: z.string() }
  const asLogged = shown.map(type => {
    const { plainFields, description } = events.get(type) ?? {}
    const frame = z.object({ type: z.literal(type), ...plainFields, data: schemaOf(events, type), ...head })
    return [type, description === undefined ? frame : frame.describe(description)]
  })
  const signal = z.object({ name: z.string(), value: z.unknown(), user_id: z.string() })
  const failure = z.object({ code: refusalCode, message: z.string() })
  const own = {
    message: z.object({
      type: z.enum(['message', 'user_message']),
      content,
      data: schemaOf(events, 'message'),
      ...head,
    }),
    error: z.object({ type: z.literal('error'), data: failure, ...head }),
    signal: z.object({ type: z.literal('signal'), data: signal, ...head }).describe('Only with `?signals=1`.'),
    pong: z.object({ type: z.literal('pong'), data: z.object({}) }),
  }
  return {
    received: {
      message: z.object({ type: z.enum(['message', 'user_message']).optional(), content }),
      text: z.string().describe('Any text that is not a JSON object is a message.'),
      ping: z.object({ type: z.literal('ping') }),
      pong: z.object({ type: z.literal('pong') }),
      auth: z.object({ type: z.literal('auth'), token: z.string() }),
    },
    sent: { ...own, ...Object.fromEntries(asLogged) },
  }
}
const ownPlain = { message: true, turn_failed: true }

function schemaOf(events: EventRegistry, type: string): z.ZodType {
  return events.get(type)?.schema ?? z.object({})
}

// D3.
const seconds = z.number().describe('Seconds since the Unix epoch.')
const memory = z.string().describe('The memory that a prompt and its replies belong to.')
const eventsFrames: DialectFrames = {
  received: {
    InboundEvent: z.object({ source: z.string().min(1).max(64), content, agent_id: z.string().max(64).nullish() }),
    ping: z.object({ type: z.literal('ping') }),
    pong: z.object({ type: z.literal('pong') }),
  },
  sent: {
    InboundEvent: z.object({
      type: z.literal('InboundEvent'),
      session_id: memory,
      source: z.string(),
      content: z.string(),
      timestamp: seconds,
      retry_count: z.int().nonnegative(),
    }),
    OutboundEvent: z.object({
      type: z.literal('OutboundEvent'),
      session_id: memory,
      source: z.string(),
      content: z.string(),
      timestamp: seconds,
      error: z.string().nullable(),
    }),
    error: z.object({ type: z.literal('error'), message: z.string() }),
    pong: z.object({ type: z.literal('pong'), data: z.object({}) }),
  },
}

// D4.
const textFrames: DialectFrames = {
  received: {
    text: z.string().describe('A message to the agent.'),
    ping: z.object({ type: z.literal('ping') }),
    pong: z.object({ type: z.literal('pong') }),
  },
  sent: {
    text: z.string().describe('The whole reply of the agent.'),
    error: z.object({ error: z.string() }).describe('A refusal, or a turn that failed; as JSON text.'),
    pong: z.object({ type: z.literal('pong'), data: z.object({}) }),
  },
}
