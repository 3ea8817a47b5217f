import type { Usage } from '../../protocol/events.ts'
import type { ApprovalAsk, CircleAccess, Decision } from '../../protocol/turns.ts'
import { openTurnWriter, TurnAborted } from './turn-writer.ts'

/** How an agent answers. Everything said is seen at once by everybody who is there. */
export type Reply = {
  /** Aborted when the turn was stopped or given up: hand it to `fetch`, and end when it fires. */
  readonly signal: AbortSignal
  /** What you may do in the circle until you have answered. */
  readonly circle: CircleAccess
  /** Tells what you are at: `status('tool', 'search')`. */
  status(state: 'thinking' | 'tool', tool?: string): Promise<void>
  /** One more piece of the answer, as it comes. Resolves when there is room for the next. */
  delta(text: string): Promise<void>
  /** A text you have already; long ones go out in pieces. */
  say(text: string): Promise<void>
  /** What the answer has cost; several calls add up. */
  used(tokens: Usage): void
  /**
   * Asks people before you act. The first time, the call ends here: everything said so far is dropped, and the turn
   * is called again, perhaps days later, with the decision, which is then returned. So whatever stands before it
   * must be fit to run twice. Anything but `approved` is a no.
   */
  ask(description: string, who?: Omit<ApprovalAsk, 'description'>): Promise<Decision>
}

/** A failure that people may be told about. Anything else that is thrown says only that the agent failed. */
export class AgentError extends Error {
  readonly code: string
  readonly retry: boolean

  constructor(code: string, message: string, { retry = true }: { retry?: boolean } = {}) {
    super(message)
    this.code = code
    this.retry = retry
  }
}

export type ReplyOptions = {
  circle: CircleAccess
  decisions: readonly Decision[]
  report: (error: unknown) => void // where an error goes that people are not shown
}

/** Runs an author's function and streams what it says as NDJSON parts. */
export function replyStream(
  write: (reply: Reply) => Promise<void>,
  { circle, decisions, report }: ReplyOptions,
): ReadableStream<Uint8Array> {
  const wire = openTurnWriter()
  const usage: Usage = { input_tokens: 0, output_tokens: 0 }
  let asked = 0
  const reply: Reply = {
    signal: wire.signal,
    circle,
    status: (state, tool) => wire.send({ type: 'status', state, ...(tool !== undefined && { tool: clip(tool, 200) }) }),
    async delta(text) {
      for (let at = 0; at < text.length; at += longestPart) {
        await wire.send({ type: 'delta', text: text.slice(at, at + longestPart) })
      }
    },
    async say(text) {
      for (const piece of piecesOf(text)) await reply.delta(piece)
    },
    used(tokens) {
      usage.input_tokens += tokens.input_tokens
      usage.output_tokens += tokens.output_tokens
    },
    async ask(description, who = {}) {
      const decision = decisions[asked++]
      if (decision) return decision
      await wire.send({ type: 'approval', description: clip(description, 1_000), ...who })
      throw new TurnAborted('the turn waits for a decision')
    },
  }
  const run = async () => {
    try {
      await write(reply)
      await wire.send({ type: 'final', ...(usage.input_tokens + usage.output_tokens > 0 && { usage }) })
    } catch (error) {
      if (error instanceof TurnAborted || wire.signal.aborted) return
      if (!(error instanceof AgentError)) report(error)
      const { code, message, retry } = error instanceof AgentError ? error : unnamed
      await wire.send({ type: 'error', code: clip(code, 64), message: clip(message, 1_000), retry })
    } finally {
      wire.close()
    }
  }
  void run()
  return wire.stream
}

const longestPart = 16_384 // characters; a room takes no endless lines

function clip(text: string, most: number): string {
  return text.slice(0, most)
}

const unnamed = { code: 'agent_failed', message: 'The agent failed.', retry: true }

/** Pieces of about a line each, cut behind white space, that joined are the text. */
function piecesOf(text: string): string[] {
  return text.match(/[\s\S]{1,80}(?:\s+|$)|[\s\S]{1,80}/g) ?? []
}
