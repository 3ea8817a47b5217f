import type { Usage } from '../../protocol/events/events.ts'
import { cleanText } from '../../protocol/text.ts'
import { isApprovalData, tokenCount, turnLimits } from '../../protocol/turn-limits.ts'
import type { ApprovalAsk, CircleAccess, Decision, LastPart, TurnPart, TurnRequest } from '../../protocol/turns.ts'
import { AgentError } from './agent-error.ts'
import { type ReplyDocuments, replyDocuments } from './reply-documents.ts'
import { TurnDecisions } from './turn-decisions.ts'
import { TurnSteps } from './turn-steps.ts'
import { openTurnWriter, TurnAborted, type TurnWriter } from './turn-writer.ts'

/** Who decides on an approval and until when, and what exactly is approved. */
export type AskOptions<Data = unknown> = Omit<ApprovalAsk, 'description' | 'data'> & { data?: Data | undefined }

/** A decision. `data` is what people were shown: act on it, not on what a model says now. */
export type ApprovalDecision<Data = unknown> = Decision & { approved: boolean; data: Data }

/** The reply to one turn. Everybody in the circle sees the text as it is written. */
export type Reply = {
  /** Aborted when the turn was stopped or timed out. Pass it to `fetch`, and return when it fires. */
  readonly signal: AbortSignal
  /** Access to the circle, until the turn ends. */
  readonly circle: CircleAccess
  /** The documents of the circle. */
  readonly documents: ReplyDocuments
  /** Shows what the agent is doing: `status('tool', 'search')`. */
  status(state: 'thinking' | 'tool', tool?: string): Promise<void>
  /** Sends the next piece of the text as it is. Resolves when there is room for more. */
  delta(text: string): Promise<void>
  /** Sends a text that is complete already, in pieces of about a line. */
  write(text: string): Promise<void>
  /** Reports the tokens that the reply used. Several calls add up. */
  reportUsage(tokens: Usage): void
  /** Marks the text as cut short, for example because a model reached its own limit. */
  markTruncated(): void
  /** Ends the turn without a message, once the agent's function returns. Text that was sent already is kept. */
  silent(): void
  /**
   * Runs a function once in a turn and stores its result (JSON) with the turn. Every later call of the turn, after an
   * approval, a failure or a crash, gets the stored result. Steps with equal names are told apart by their order.
   */
  step<Result>(name: string, run: () => Result | Promise<Result>): Promise<Result>
  /**
   * Asks people for approval before the agent acts. The first time, the call ends here and the text so far is dropped.
   * When somebody has decided, perhaps days later, the turn is called again from the start, and `ask` returns the
   * decision on exactly this question; any other text, key, data or role is a new question. What comes before runs
   * twice, unless it is a `step`. Treat everything but `approved` as a no.
   */
  ask<Data = undefined>(description: string, options?: AskOptions<Data>): Promise<ApprovalDecision<Data>>
}

/** The context of a reply. */
export type ReplyOptions = {
  circle: CircleAccess
  turn: Partial<Pick<TurnRequest, 'decisions' | 'steps'>> // what was decided and done in earlier calls of this turn
  report: (error: unknown) => void // receives the errors that people do not see
}

/** Runs an agent's function and returns its reply as a byte stream of NDJSON parts. */
export function replyStream(run: (reply: Reply) => Promise<void>, options: ReplyOptions): ReadableStream<Uint8Array> {
  const writer = openTurnWriter()
  const summary: Summary = { usage: { input_tokens: 0, output_tokens: 0 }, truncated: false, silent: false }
  const write = async () => {
    try {
      await run(replyTo(writer, summary, options))
      await writer.send(finalPart(summary))
    } catch (error) {
      if (error instanceof TurnAborted || writer.signal.aborted) return
      if (!(error instanceof AgentError)) options.report(error)
      else if (error.cause !== undefined) options.report(error.cause)
      await writer.send(errorPart(error))
    } finally {
      writer.close()
    }
  }
  void write()
  return writer.stream
}

/** What is known of a reply beside its text. */
type Summary = { usage: Usage; truncated: boolean; silent: boolean }

function finalPart({ usage, truncated, silent }: Summary): LastPart {
  const isUsed = usage.input_tokens + usage.output_tokens > 0
  return { type: 'final', ...(isUsed && { usage }), ...(truncated && { truncated }), ...(silent && { silent }) }
}

function replyTo(writer: TurnWriter, summary: Summary, { circle, turn }: ReplyOptions): Reply {
  const decisions = new TurnDecisions(turn)
  const steps = new TurnSteps(turn.steps, step => writer.send({ type: 'step', ...step }))
  const { usage } = summary
  const reply: Reply = {
    signal: writer.signal,
    circle,
    documents: replyDocuments(circle),
    status: (state, tool) =>
      writer.send({ type: 'status', state, ...(tool !== undefined && { tool: clip(tool, 200) }) }),
    async delta(text) {
      for (let at = 0; at < text.length; at += longestDelta) {
        await writer.send({ type: 'delta', text: text.slice(at, at + longestDelta) })
      }
    },
    async write(text) {
      for (const piece of piecesOf(text)) await reply.delta(piece)
    },
    reportUsage(tokens) {
      usage.input_tokens = tokenCount(usage.input_tokens + tokenCount(tokens.input_tokens))
      usage.output_tokens = tokenCount(usage.output_tokens + tokenCount(tokens.output_tokens))
    },
    markTruncated() {
      summary.truncated = true
    },
    silent() {
      summary.silent = true
    },
    step: (name, run) => steps.run(name, run),
    async ask<Data>(description: string, options: AskOptions<Data> = {}) {
      const ask = askOf(description, options)
      const decision = decisions.take(ask)
      if (decision) return { ...decision, approved: decision.decision === 'approved', data: decision.data as Data }
      await writer.send({ type: 'approval', ...ask })
      throw new TurnAborted('the turn waits for a decision')
    },
  }
  return reply
}

/** Returns a request for approval as it will come back from the room: its text is clean, its data JSON. */
function askOf(description: string, { data, ...options }: AskOptions): ApprovalAsk {
  if (!isApprovalData(data)) throw new RangeError(tooMuchData)
  const isShown = data !== undefined
  const text = cleanText(clip(description, 1_000).toWellFormed()) ?? ''
  return { description: text, ...options, ...(isShown && { data: JSON.parse(JSON.stringify(data)) }) }
}

const tooMuchData = `The data of an approval is JSON of at most ${turnLimits.approval_bytes} bytes, ${turnLimits.approval_depth} levels deep.`

const longestDelta = 16_384 // characters: the reader limits the length of a line of NDJSON

function clip(text: string, maxLength: number): string {
  return text.slice(0, maxLength)
}

function errorPart(error: unknown): TurnPart {
  if (!(error instanceof AgentError))
    return { type: 'error', code: 'agent_failed', message: 'The agent failed.', retry: true }
  const { code, message, retry, retryAfterMs: pause } = error
  const part: TurnPart = { type: 'error', code: clip(code, 64), message: clip(message, 1_000), retry }
  return pause === undefined ? part : { ...part, retry_after_ms: pause }
}

/** Cuts a text into pieces of about a line, after white space where possible. Joined, they are the text. */
function piecesOf(text: string): string[] {
  return text.match(/[\s\S]{1,80}(?:\s+|$)|[\s\S]{1,80}/g) ?? []
}
