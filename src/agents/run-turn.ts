import type { AgentBinding } from '../env.ts'
import type { Usage } from '../protocol/events/events.ts'
import { cleanText } from '../protocol/text.ts'
import type { ApprovalAsk, CircleAccess, LastPart, TurnPart, TurnRequest } from '../protocol/turns.ts'
import { AnswerBuffer } from './answer-buffer.ts'
import { isLast, readTurnParts } from './ndjson-reader.ts'

/** What the room receives while an agent replies. The deltas, joined, are always the reply. */
export type TurnProgress = { type: 'delta'; text: string } | Extract<TurnPart, { type: 'status' }>

/** Receives the progress of a turn. `stop` ends the turn and cancels the agent's stream. */
export type TurnSink = { onPart(part: TurnProgress): 'continue' | 'stop' }

/** The result of one call of an agent. People may see all of it: it contains no stack and no error of the agent's. */
export type TurnOutcome =
  | { type: 'answered'; content: string; usage?: Usage; truncated: boolean }
  | { type: 'asks'; ask: ApprovalAsk } // the turn waits for a decision
  | { type: 'stopped'; content: string } // with the text so far
  | { type: 'failed'; code: string; message: string; retry: boolean }

/** How an agent is called. */
export type TurnOptions = {
  circle: CircleAccess
  signal?: AbortSignal // stops the turn, also while the agent sends nothing
  timeoutMs?: number // for the whole reply; 60 s by default, at most 10 min
  maxBytes?: number // of the reply, which is cut there
}

const defaultTimeoutMs = 60_000
const maxTimeoutMs = 600_000

/** Calls an agent once and passes its progress to the sink. Always ends in time, whatever the agent does. */
export async function runTurn(
  binding: AgentBinding | null,
  request: TurnRequest,
  sink: TurnSink,
  options: TurnOptions,
): Promise<TurnOutcome> {
  if (binding === null) return failed('agent_unavailable', `No agent is bound here as ${request.agent}.`, false)
  const timeoutMs = Math.min(options.timeoutMs ?? defaultTimeoutMs, maxTimeoutMs)
  const reader = { reply: new AnswerBuffer(options.maxBytes), sink, end: new AbortController() }
  const { reply, end } = reader
  const stop = () => end.abort('stop')
  const timer = setTimeout(() => end.abort('timeout'), timeoutMs)
  options.signal?.addEventListener('abort', stop, { once: true })
  if (options.signal?.aborted) stop()
  try {
    const stream = call(binding, request, options.circle, end.signal)
    const last = await Promise.race([readToEnd(stream, reader), aborted(end.signal)])
    if (last !== null) return outcomeOf(last, reader)
    if (end.signal.reason === 'stop') return { type: 'stopped', content: reply.text }
    return failed('agent_timeout', `The agent did not finish within ${Math.round(timeoutMs / 1000)} s.`, true)
  } finally {
    clearTimeout(timer) // a pending timer would keep the object from hibernating
    options.signal?.removeEventListener('abort', stop)
    end.abort('done')
  }
}

/** Asks an agent for its description, which is not validated here. Returns null if it fails or takes longer than 5 s. */
export async function describeAgent(binding: AgentBinding): Promise<unknown> {
  const timeout = Promise.withResolvers<null>()
  const timer = setTimeout(() => timeout.resolve(null), 5_000)
  try {
    return await Promise.race([binding.describe(), timeout.promise])
  } catch {
    return null // an agent that cannot describe itself may still reply
  } finally {
    clearTimeout(timer)
  }
}

type ReplyReader = { reply: AnswerBuffer; sink: TurnSink; end: AbortController }

/** Calls the agent; null if that fails. A stream that arrives after the turn has ended is cancelled. */
async function call(binding: AgentBinding, request: TurnRequest, circle: CircleAccess, signal: AbortSignal) {
  try {
    const stream = await binding.turn(request, circle)
    if (!(stream instanceof ReadableStream)) return null
    if (signal.aborted) await stream.cancel(signal.reason)
    return stream
  } catch {
    return null // an agent's exception belongs in its own log: it arrives here with its stack
  }
}

/** Passes parts to the sink up to the last one, which it returns; null if the turn was ended from outside. */
async function readToEnd(
  call: Promise<ReadableStream<Uint8Array> | null>,
  { reply, sink, end }: ReplyReader,
): Promise<LastPart | null> {
  const stream = await call
  if (stream === null) return { type: 'error', code: 'agent_failed', message: 'The agent failed.' }
  for await (const part of readTurnParts(stream, { signal: end.signal })) {
    if (end.signal.aborted) return null
    if (isLast(part)) return part
    const progress: TurnProgress = part.type === 'delta' ? { type: 'delta', text: reply.add(part.text) } : part
    if (progress.type === 'delta' && progress.text === '') continue
    if (sink.onPart(progress) === 'stop') end.abort('stop')
    if (reply.truncated) return { type: 'final' }
  }
  return null
}

function outcomeOf(last: LastPart, { reply, sink }: ReplyReader): TurnOutcome {
  if (last.type === 'approval') {
    const { type: _, ...ask } = last
    return { type: 'asks', ask }
  }
  if (last.type === 'error') {
    const code = /^[a-z][a-z0-9_]*$/.test(last.code) ? last.code : 'agent_failed'
    return failed(code, firstLine(last.message), last.retry ?? true)
  }
  const rest = reply.finish(last.content)
  if (rest === null)
    return failed('agent_bad_answer', 'The agent contradicted the text that it had already sent.', false)
  if (rest !== '') sink.onPart({ type: 'delta', text: rest })
  if (reply.text.trim() === '') return failed('agent_empty', 'The agent sent an empty reply.', true)
  const { text: content, truncated } = reply
  return { type: 'answered', content, truncated, ...(last.usage && { usage: last.usage }) }
}

/** Returns the first line of an agent's error message: a stack would begin on the second. */
function firstLine(message: string): string {
  return cleanText(message.toWellFormed())?.split('\n', 1)[0]?.trim() || 'The agent failed.'
}

function failed(code: string, message: string, retry: boolean): TurnOutcome {
  return { type: 'failed', code, message, retry }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener('abort', () => resolve(null), { once: true })
  })
}
