import * as z from 'zod/v4'
import { approvalData } from './approval-data.ts'
import { personRole } from './roles.ts'
import { idText, programText } from './text-schema.ts'
import { tokenCount, turnLimits } from './turn-limits.ts'

// The protocol between a room and an agent: one request, answered by a byte stream of NDJSON parts.

/** How far an agent may trust a text: `self` is its own, `agent` another agent's, `member` a person's. */
export const trust = z.enum(['self', 'agent', 'member', 'untrusted'])

/** A part of a message. Agents ignore types that they do not know. */
export const messagePart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('tool'),
    id: idText(),
    name: idText(),
    input: z.unknown(),
    output: z.unknown().optional(),
  }),
  z.object({ type: z.literal('data'), name: idText(), value: z.unknown() }),
  z.object({ type: z.literal('file'), name: programText(), media_type: idText(), bytes: z.int(), url: idText() }),
])
/** The type of `messagePart`. */
export type MessagePart = z.infer<typeof messagePart>

/** A message as an agent is shown it. */
export const turnMessage = z.object({
  seq: z.int().positive(),
  at: z.string(), // ISO-8601
  author: z.object({ id: z.string(), name: z.string(), kind: z.enum(['person', 'guest', 'agent']) }),
  trust,
  content: z.string(),
  parts: z.array(messagePart).optional(), // absent: it is `content` alone, which always holds the text of all parts
})
/** The type of `turnMessage`. */
export type TurnMessage = z.infer<typeof turnMessage>

/** What people are asked to approve, and who is asked. A decision counts for exactly this and for nothing else. */
export const approvalQuestion = z.object({
  description: programText().min(1).max(1000),
  key: idText().min(1).max(200).optional(), // the agent's own id of what it wants to do, such as that of a tool call
  data: approvalData.optional(), // JSON that people are shown, such as the input of a tool call
  role: personRole.optional(), // the least role that may decide; member if absent
  users: z.array(idText()).max(20).optional(), // only these, if given
})
/** The type of `approvalQuestion`. */
export type ApprovalQuestion = z.infer<typeof approvalQuestion>

/** A request for approval: the question, and how long people may take. */
export const approvalAsk = approvalQuestion.extend({
  minutes: z.int().min(1).max(10_080).optional(), // 60 if absent; then it is `expired`
})
/** The type of `approvalAsk`. */
export type ApprovalAsk = z.infer<typeof approvalAsk>

/** A decision on an agent's request for approval, with the question. `expired`: nobody decided in time. */
export const decision = approvalQuestion.partial().extend({
  // a room of 0.1 sends no question
  approval: z.string(),
  decision: z.enum(['approved', 'rejected', 'expired']),
  by: z.string().nullable(), // user id
  by_name: z.string().optional(), // as it was then; absent: nobody decided, or a room of 0.1 did not say
  note: z.string().optional(),
})
/** The type of `decision`. */
export type Decision = z.infer<typeof decision>

/** A step of a turn and its result, which the agent gets back in every later call of the turn. */
export const turnStep = z.object({
  name: idText().min(1).max(200),
  index: z.int().nonnegative().max(turnLimits.steps), // among the steps of this name
  result: z.unknown().optional(), // JSON; absent: none
})
/** The type of `turnStep`. */
export type TurnStep = z.infer<typeof turnStep>

/** The request that calls an agent. */
export const turnRequest = z.object({
  turn: z.string(), // also the idempotency key: the same for every attempt
  attempt: z.int().positive(), // calls of this turn so far
  agent: z.string(),
  session_id: z.string(),
  channel: z.string(),
  circle: z.object({ title: z.string(), status: z.string() }),
  asked: turnMessage,
  history: z.array(turnMessage), // oldest first, without `asked`
  members: z.array(z.object({ id: z.string(), name: z.string(), kind: z.string() })),
  decisions: z.array(decision), // on this turn's requests for approval so far, in their order
  steps: z.array(turnStep).optional(), // stored in earlier calls of this turn; absent: this room keeps none
  reminder: z.object({ text: z.string(), set_at: z.string() }).optional(), // the turn was scheduled for now
  settings: z.object({ prompt: z.string().optional() }), // the circle's own instructions for its agents
  request_id: z.string().optional(), // of the request that prompted the turn, for the agent's own log
  turn_seconds: z.number().optional(), // how long this call may take
  now: z.string(),
})
/** The type of `turnRequest`. */
export type TurnRequest = z.infer<typeof turnRequest>

const reportedTokens = z.unknown().optional().transform(tokenCount)
/** The tokens that an agent reports. A count that is none voids no reply. */
const reportedUsage = z.object({ input_tokens: reportedTokens, output_tokens: reportedTokens })

/**
 * One part of an agent's reply. `final`, `approval` or `error` comes last; a stream that ends without one has failed.
 * After an `approval` the turn waits, and the agent is called again with the decision.
 */
export const turnPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('status'), state: z.enum(['thinking', 'tool']), tool: programText().max(200).optional() }),
  z.object({ type: z.literal('delta'), text: z.string() }),
  turnStep.extend({ type: z.literal('step') }),
  z.object({
    type: z.literal('final'),
    content: z.string().optional(),
    usage: reportedUsage.optional().catch(undefined),
    truncated: z.boolean().optional(), // the text is not the whole reply
    silent: z.boolean().optional(), // there is no reply, on purpose
  }),
  approvalAsk.extend({ type: z.literal('approval') }),
  z.object({
    type: z.literal('error'),
    code: programText().max(64),
    message: programText().max(1000),
    retry: z.boolean().optional(), // false: a retry is pointless
    retry_after_ms: z.number().nonnegative().optional().catch(undefined), // not before this pause
  }),
])
/** The type of `turnPart`. */
export type TurnPart = z.infer<typeof turnPart>

/** The parts that end a stream. */
export type LastPart = Extract<TurnPart, { type: 'final' | 'approval' | 'error' }>

/** An agent's description of itself. */
export const agentDescription = z.object({
  id: programText(),
  name: programText().max(64),
  description: programText().max(1000),
  observe: z.boolean().optional(), // it may be silent: a reply without text ends its turn without a message
})
/** The type of `agentDescription`. */
export type AgentDescription = z.infer<typeof agentDescription>

/** A reminder: the agent will be called again at that time. */
export type Reminder = { id: string; at: string; text: string; by: string }

/**
 * An agent's access to the circle while its turn runs. It is passed beside the request as functions, reaches this circle
 * and no other, and stops working when the turn ends. Refusals are rejections whose message may be shown to people.
 */
export type CircleAccess = {
  /** Returns messages that contain all these words, newest first. */
  search(words: string, limit?: number): Promise<TurnMessage[]>
  /** Returns a page of the log's messages, oldest first. */
  lines(page: { after?: number; before?: number; limit?: number }): Promise<{ lines: TurnMessage[]; more: boolean }>
  /** Calls the agent again at that time (ISO 8601), with the same message and `reminder`. */
  remind(at: string, text: string): Promise<Reminder>
  /** Returns the pending reminders of the user who prompted the turn. */
  reminders(): Promise<Reminder[]>
  /** Cancels one; false if there is none. */
  forget(reminder: string): Promise<boolean>
  /** Asks something of the circle's documents. Absent: a room of 0.1; rejects where circles have none. */
  document?(call: DocumentCall): Promise<unknown>
}

/** What an agent asks of a circle's documents. An edit replaces a text that occurs once; an empty `old` is the end. */
export type DocumentCall =
  | { do: 'list' }
  | { do: 'read'; document: string; root?: string | undefined }
  | {
      do: 'edit'
      document: string
      root?: string | undefined
      edits: readonly { old: string; new: string }[]
      suggest?: boolean | undefined
    }
  | { do: 'undo'; document: string; edit: number }
