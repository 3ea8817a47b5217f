import type { AgentBinding } from '../env.ts'
import type { Usage } from '../protocol/events.ts'
import { cleanText } from '../protocol/text.ts'
import type { ApprovalAsk, CircleAccess, LastPart, TurnPart, TurnRequest } from '../protocol/turns.ts'
import { AnswerBuffer } from './answer-buffer.ts'
import { isLast, readTurnParts } from './ndjson-reader.ts'

/** What the room hears while an agent answers. The deltas joined are the answer, always. */
export type TurnProgress = { type: 'delta'; text: string } | Extract<TurnPart, { type: 'status' }>

/** Whoever listens; `stop` ends the turn, and the agent is told. */
export type TurnSink = { part(part: TurnProgress): 'go on' | 'stop' }

/** How one call of an agent ended. Everything in it may be shown: no stack, no error object of the agent's. */
export type TurnOutcome =
  | { type: 'answered'; content: string; usage?: Usage; truncated: boolean }
  | { type: 'asks'; ask: ApprovalAsk } // the turn waits for somebody's decision
  | { type: 'stopped'; content: string } // the text so far
  | { type: 'failed'; code: string; message: string; retry: boolean }

export type RunOptions = {
  circle: CircleAccess
  signal?: AbortSignal // stops the turn also while the agent is silent
  timeoutMs?: number // for the whole answer; 60 s if absent, at most 10 min
  maxBytes?: number // of the answer; a longer one is cut
}

export const defaultTimeoutMs = 60_000
export const longestTimeoutMs = 600_000

/** Calls an agent once and tells the sink what it says. Whatever the agent does, this ends in time with an outcome. */
export async function runTurn(
  binding: AgentBinding | null,
  request: TurnRequest,
  sink: TurnSink,
  options: RunOptions,
): Promise<TurnOutcome> {
  if (binding === null) return failed('agent_unavailable', `No agent called ${request.agent} is bound here.`, false)
  const timeoutMs = Math.min(options.timeoutMs ?? defaultTimeoutMs, longestTimeoutMs)
  const answer = new AnswerBuffer(options.maxBytes)
  const end = new AbortController()
  const stop = () => end.abort('stop')
  const timer = setTimeout(() => end.abort('timeout'), timeoutMs)
  options.signal?.addEventListener('abort', stop, { once: true })
  if (options.signal?.aborted) stop()
  const listener = { answer, sink, end }
  try {
    const last = await Promise.race([
      listen(call(binding, request, options.circle, end.signal), listener),
      aborted(end.signal),
    ])
    if (last !== null) return outcomeOf(last, listener)
    if (end.signal.reason === 'stop') return { type: 'stopped', content: answer.text }
    return failed('agent_timeout', `The agent did not finish within ${Math.round(timeoutMs / 1000)} s.`, true)
  } finally {
    clearTimeout(timer) // a pending timer would keep the object from hibernating
    options.signal?.removeEventListener('abort', stop)
    end.abort('done')
  }
}

/** Asks an agent who it is; null if it fails or takes longer than 5 s. Its word is not checked. */
export async function describeAgent(binding: AgentBinding): Promise<unknown> {
  const late = Promise.withResolvers<null>()
  const timer = setTimeout(() => late.resolve(null), 5_000)
  try {
    return await Promise.race([binding.describe(), late.promise])
  } catch {
    return null // an agent that cannot say who it is may still answer
  } finally {
    clearTimeout(timer)
  }
}

type Listener = { answer: AnswerBuffer; sink: TurnSink; end: AbortController }

/** Calls the agent; null if it fails. An answer that comes when nobody waits for it any more is cancelled. */
async function call(binding: AgentBinding, request: TurnRequest, circle: CircleAccess, signal: AbortSignal) {
  try {
    const stream = await binding.turn(request, circle)
    if (!(stream instanceof ReadableStream)) return null
    if (signal.aborted) await stream.cancel(signal.reason)
    return stream
  } catch {
    return null // what an agent throws belongs into its own log: it arrives here with its stack
  }
}

/** Passes parts on until the last one; null if the turn was ended from outside. */
async function listen(call: Promise<ReadableStream<Uint8Array> | null>, listener: Listener): Promise<LastPart | null> {
  const { answer, sink, end } = listener
  const stream = await call
  if (stream === null) return { type: 'error', code: 'agent_failed', message: 'The agent failed.' }
  for await (const part of readTurnParts(stream, { signal: end.signal })) {
    if (end.signal.aborted) return null
    if (isLast(part)) return part
    const seen: TurnProgress = part.type === 'delta' ? { type: 'delta', text: answer.add(part.text) } : part
    if (seen.type === 'delta' && seen.text === '') continue
    if (sink.part(seen) === 'stop') end.abort('stop')
    if (answer.truncated) return { type: 'final' }
  }
  return null
}

function outcomeOf(last: LastPart, { answer, sink }: Listener): TurnOutcome {
  if (last.type === 'approval') {
    const { type: _, ...ask } = last
    return { type: 'asks', ask }
  }
  if (last.type === 'error') {
    const code = /^[a-z][a-z0-9_]*$/.test(last.code) ? last.code : 'agent_failed'
    return failed(code, firstLine(last.message), last.retry ?? true)
  }
  const rest = answer.finish(last.content)
  if (rest === null) return failed('agent_bad_answer', 'The agent took back what it had said.', false)
  if (rest !== '') sink.part({ type: 'delta', text: rest })
  if (answer.text.trim() === '') return failed('agent_empty', 'The agent said nothing.', true)
  const { text: content, truncated } = answer
  return { type: 'answered', content, truncated, ...(last.usage && { usage: last.usage }) }
}

/** What an agent says of its failure, without what may follow it: a stack begins on the second line. */
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
