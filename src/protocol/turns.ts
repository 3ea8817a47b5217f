import { z } from 'zod'
import { usage } from './events.ts'

// What a room and an agent say to each other: one request, answered by a byte stream of NDJSON parts.

/** How far an agent may believe a text: `self` is its own, `agent` another's, everybody else is `untrusted`. */
export const trust = z.enum(['self', 'agent', 'member', 'untrusted'])

export const line = z.object({
  seq: z.int().positive(),
  at: z.string(), // ISO-8601
  author: z.object({ id: z.string(), name: z.string(), kind: z.enum(['person', 'guest', 'agent']) }),
  trust,
  content: z.string(),
})
export type Line = z.infer<typeof line>

/** What an agent is called with. */
export const turnRequest = z.object({
  turn: z.string(), // also the idempotency key: the same for every attempt
  attempt: z.int().positive(), // 1, 2, 3
  agent: z.string(),
  session_id: z.string(),
  channel: z.string(),
  circle: z.object({ title: z.string(), status: z.string() }),
  asked: line,
  history: z.array(line), // oldest first, without the asking line
  members: z.array(z.object({ id: z.string(), name: z.string(), kind: z.string() })),
  approval: z
    .object({
      approval: z.string(),
      decision: z.enum(['approved', 'rejected', 'expired']),
      note: z.string().optional(),
    })
    .optional(), // the answer to what an earlier attempt of this turn asked
  now: z.string(),
})
export type TurnRequest = z.infer<typeof turnRequest>

/** One part of an agent's answer. `final` or `error` must come last; a stream that ends without one failed. */
export const turnPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status'), state: z.enum(['thinking', 'tool']), tool: z.string().max(200).optional() }),
  z.object({ type: z.literal('delta'), text: z.string() }),
  z.object({ type: z.literal('final'), content: z.string().optional(), usage: usage.optional() }),
  z.object({
    type: z.literal('error'),
    code: z.string().max(64),
    message: z.string().max(1000),
    retry: z.boolean().optional(), // false: trying again is pointless
  }),
])
export type TurnPart = z.infer<typeof turnPart>

/** What an agent says of itself. */
export const agentDescription = z.object({
  id: z.string(),
  name: z.string().max(64),
  description: z.string().max(1000),
})
export type AgentDescription = z.infer<typeof agentDescription>
