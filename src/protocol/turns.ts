import { z } from 'zod'
import { usage } from './events.ts'
import { personRole } from './roles.ts'

// What a room and an agent say to each other: one request, answered by a byte stream of NDJSON parts.

/** How far an agent may believe a text: `self` is its own, `agent` another's, everybody else is `untrusted`. */
export const trust = z.enum(['self', 'agent', 'member', 'untrusted'])

export const turnMessage = z.object({
  seq: z.int().positive(),
  at: z.string(), // ISO-8601
  author: z.object({ id: z.string(), name: z.string(), kind: z.enum(['person', 'guest', 'agent']) }),
  trust,
  content: z.string(),
})
export type TurnMessage = z.infer<typeof turnMessage>

/** What people decided when an agent asked before it acted; `expired`: nobody decided in time. */
export const decision = z.object({
  approval: z.string(),
  decision: z.enum(['approved', 'rejected', 'expired']),
  by: z.string().nullable(), // user id
  note: z.string().optional(),
})
export type Decision = z.infer<typeof decision>

/** What an agent is called with. */
export const turnRequest = z.object({
  turn: z.string(), // also the idempotency key: the same for every attempt
  attempt: z.int().positive(), // calls of this turn so far
  agent: z.string(),
  session_id: z.string(),
  channel: z.string(),
  circle: z.object({ title: z.string(), status: z.string() }),
  asked: turnMessage,
  history: z.array(turnMessage), // oldest first, without the asking line
  members: z.array(z.object({ id: z.string(), name: z.string(), kind: z.string() })),
  decisions: z.array(decision), // what people decided of what this turn asked so far, in the order it asked
  reminder: z.object({ text: z.string(), set_at: z.string() }).optional(), // this turn was put off until now
  settings: z.object({ prompt: z.string().optional() }), // what the circle's owner wants of its agents
  request_id: z.string().optional(), // what the log calls the request that asked: for the agent's own log
  now: z.string(),
})
export type TurnRequest = z.infer<typeof turnRequest>

/** What an agent wants to be allowed, and by whom. */
export const approvalAsk = z.object({
  description: z.string().min(1).max(1000),
  role: personRole.optional(), // the least role that may decide; member if absent
  users: z.array(z.string()).max(20).optional(), // only these, if given
  minutes: z.int().min(1).max(10_080).optional(), // 60 if absent; then it is `expired`
})
export type ApprovalAsk = z.infer<typeof approvalAsk>

/**
 * One part of an agent's answer. `final`, `approval` or `error` comes last; a stream that ends without one failed.
 * After an `approval` the turn waits, and is called again with the decision.
 */
export const turnPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status'), state: z.enum(['thinking', 'tool']), tool: z.string().max(200).optional() }),
  z.object({ type: z.literal('delta'), text: z.string() }),
  z.object({ type: z.literal('final'), content: z.string().optional(), usage: usage.optional() }),
  approvalAsk.extend({ type: z.literal('approval') }),
  z.object({
    type: z.literal('error'),
    code: z.string().max(64),
    message: z.string().max(1000),
    retry: z.boolean().optional(), // false: trying again is pointless
  }),
])
export type TurnPart = z.infer<typeof turnPart>

/** The parts that end a stream. */
export type LastPart = Extract<TurnPart, { type: 'final' | 'approval' | 'error' }>

/** What an agent says of itself. */
export const agentDescription = z.object({
  id: z.string(),
  name: z.string().max(64),
  description: z.string().max(1000),
})
export type AgentDescription = z.infer<typeof agentDescription>

/** Something an agent will be woken for later. */
export type Reminder = { id: string; at: string; text: string; by: string }

/**
 * What an agent may do in the circle while its turn runs. It is passed beside the request as functions, reaches this
 * circle and no other, and is dead when the turn has ended. Refusals are rejections whose message may be shown.
 */
export type CircleAccess = {
  /** Lines that hold all these words, newest first. */
  search(words: string, limit?: number): Promise<TurnMessage[]>
  /** A page of the log's lines, oldest first. */
  lines(page: { after?: number; before?: number; limit?: number }): Promise<{ lines: TurnMessage[]; more: boolean }>
  /** Calls the agent again at that time (ISO-8601) with the same asking line and `reminder`. */
  remind(at: string, text: string): Promise<Reminder>
  /** What is still to come for the one who asks. */
  reminders(): Promise<Reminder[]>
  /** Takes one back; false if there is none. */
  forget(reminder: string): Promise<boolean>
}
