import type { Usage } from '../../protocol/events/events.ts'
import type { ApprovalAsk, CircleAccess, Decision, TurnPart } from '../../protocol/turns.ts'
import { AgentError } from './agent-error.ts'
import { openTurnWriter, TurnAborted, type TurnWriter } from './turn-writer.ts'

/** The reply to one turn. Everybody in the circle sees the text as it is written. */
export type Reply = {
  /** Aborted when the turn was stopped or timed out. Pass it to `fetch`, and return when it fires. */
  readonly signal: AbortSignal
  /** Access to the circle, until the turn ends. */
  readonly circle: CircleAccess
  /** Shows what the agent is doing: `status('tool', 'search')`. */
  status(state: 'thinking' | 'tool', tool?: string): Promise<void>
  /** Sends the next piece of the text as it is. Resolves when there is room for more. */
  delta(text: string): Promise<void>
  /** Sends a text that is complete already, in pieces of about a line. */
  write(text: string): Promise<void>
  /** Reports the tokens that the reply used. Several calls add up. */
  reportUsage(tokens: Usage): void
  /**
   * Asks people for approval before the agent acts. The first time, the call ends here and the text so far is dropped.
   * When somebody has decided, perhaps days later, the turn is called again from the start, and `ask` returns the
   * decision; so whatever comes before it runs twice. Treat everything but `approved` as a no.
   */
  ask(description: string, options?: Omit<ApprovalAsk, 'description'>): Promise<Decision>
}

/** The context of a reply. */
export type ReplyOptions = {
  circle: CircleAccess
  decisions: readonly Decision[]
  report: (error: unknown) => void // receives the errors that people do not see
}

/** Runs an agent's function and returns its reply as a byte stream of NDJSON parts. */
export function replyStream(run: (reply: Reply) => Promise<void>, options: ReplyOptions): ReadableStream<Uint8Array> {
  const writer = openTurnWriter()
  const usage: Usage = { input_tokens: 0, output_tokens: 0 }
  const write = async () => {
    try {
      await run(replyTo(writer, usage, options))
      await writer.send({ type: 'final', ...(usage.input_tokens + usage.output_tokens > 0 && { usage }) })
    } catch (error) {
      if (error instanceof TurnAborted || writer.signal.aborted) return
      if (!(error instanceof AgentError)) options.report(error)
      await writer.send(errorPart(error))
    } finally {
      writer.close()
    }
  }
  void write()
  return writer.stream
}

function replyTo(writer: TurnWriter, usage: Usage, { circle, decisions }: ReplyOptions): Reply {
  let approvals = 0 // asked for so far: decisions come in the order in which the agent asks
  const reply: Reply = {
    signal: writer.signal,
    circle,
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
      usage.input_tokens += tokens.input_tokens
      usage.output_tokens += tokens.output_tokens
    },
    async ask(description, options = {}) {
      const decision = decisions[approvals++]
      if (decision) return decision
      await writer.send({ type: 'approval', description: clip(description, 1_000), ...options })
      throw new TurnAborted('the turn waits for a decision')
    },
  }
  return reply
}

const longestDelta = 16_384 // characters: the reader limits the length of a line of NDJSON

function clip(text: string, maxLength: number): string {
  return text.slice(0, maxLength)
}

function errorPart(error: unknown): TurnPart {
  if (!(error instanceof AgentError))
    return { type: 'error', code: 'agent_failed', message: 'The agent failed.', retry: true }
  const { code, message, retry } = error
  return { type: 'error', code: clip(code, 64), message: clip(message, 1_000), retry }
}

/** Cuts a text into pieces of about a line, after white space where possible. Joined, they are the text. */
function piecesOf(text: string): string[] {
  return text.match(/[\s\S]{1,80}(?:\s+|$)|[\s\S]{1,80}/g) ?? []
}
