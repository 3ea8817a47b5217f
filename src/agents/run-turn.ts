import type { AgentBinding } from '../env.ts'
import type { Usage } from '../protocol/events/events.ts'
import { cleanText, hasVisibleText } from '../protocol/text.ts'
import { areSmallSteps, turnLimits } from '../protocol/turn-limits.ts'
import type { ApprovalAsk, CircleAccess, LastPart, TurnPart, TurnRequest, TurnStep } from '../protocol/turns.ts'
import { AnswerBuffer } from './answer-buffer.ts'
import { isLast, readTurnParts } from './ndjson-reader.ts'

/** What the room receives while an agent replies. The deltas, joined, are always the reply. */
export type TurnProgress = { type: 'delta'; text: string } | Extract<TurnPart, { type: 'status' | 'step' }>

/** Receives the progress of a turn. `stop` ends the turn and cancels the agent's stream. */
export type TurnSink = { onPart(part: TurnProgress): 'continue' | 'stop' }

/** The result of one call of an agent. People may see all of it: it contains no stack and no error of the agent's. */
export type TurnOutcome =
  | { type: 'answered'; content: string; usage?: Usage; truncated: boolean }
  | { type: 'silent'; usage?: Usage } // the agent has nothing to add
  | { type: 'asks'; ask: ApprovalAsk } // the turn waits for a decision
  | { type: 'stopped'; content: string } // with the text so far
  | { type: 'failed'; code: string; message: string; retry: boolean; isUncounted?: true; retryAfterMs?: number }

/** How an agent is called. */
export type TurnOptions = {
  circle: CircleAccess
  signal?: AbortSignal // stops the turn, also while the agent sends nothing
  timeoutMs?: number // for the whole reply; 60 s by default, at most 10 min
  maxBytes?: number // of the reply, which is cut there
  observes?: boolean // a reply without text is no failure
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
  const reply = new AnswerBuffer(options.maxBytes)
  const { observes = false } = options
  const reader: ReplyReader = { request, reply, sink, observes, end: new AbortController(), isWriting: false }
  const { signal } = reader.end
  const stop = () => reader.end.abort('stop')
  const stopTimers = startTimers(reader, timeoutMs)
  options.signal?.addEventListener('abort', stop, { once: true })
  if (options.signal?.aborted) stop()
  try {
    const last = await Promise.race([
      readToEnd(call(binding, request, options.circle, signal), reader),
      aborted(signal),
    ])
    if (last !== null) return outcomeOf(last, reader)
    return signal.reason === 'stop' ? { type: 'stopped', content: reply.text } : timedOut(reader, timeoutMs)
  } finally {
    stopTimers()
    options.signal?.removeEventListener('abort', stop)
    reader.end.abort('done')
  }
}

/** Ends the call after its time, and notices whether the agent still wrote in the last quarter of it. */
function startTimers(reader: ReplyReader, timeoutMs: number): () => void {
  const late = setTimeout(() => (reader.isWriting = false), timeoutMs * 0.75)
  const end = setTimeout(() => reader.end.abort('timeout'), timeoutMs)
  return () => {
    clearTimeout(late) // a pending timer would keep the object from hibernating
    clearTimeout(end)
  }
}

/** A reply that is too long for the time is kept: another call would be cut at the same place. */
function timedOut({ reply, isWriting }: ReplyReader, timeoutMs: number): TurnOutcome {
  const { text: content } = reply
  if (isWriting && hasVisibleText(content)) return { type: 'answered', content, truncated: true }
  return failed('agent_timeout', `The agent did not finish within ${Math.round(timeoutMs / 1000)} s.`, true)
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

type ReplyReader = {
  request: TurnRequest
  reply: AnswerBuffer
  sink: TurnSink
  observes: boolean
  end: AbortController
  isWriting: boolean // a delta has arrived lately
}

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
  reader: ReplyReader,
): Promise<LastPart | null> {
  const { sink, end, reply } = reader
  const steps = [...(reader.request.steps ?? [])]
  const stream = await call
  if (stream === null) return { type: 'error', code: 'agent_failed', message: 'The agent failed.' }
  for await (const part of readTurnParts(stream, { signal: end.signal })) {
    if (end.signal.aborted) return null
    if (isLast(part)) return part
    const progress = progressOf(part, reader)
    if (progress === null && reply.truncated) return { type: 'final' } // it was full before this part
    if (progress === null || (progress.type === 'step' && isStored(progress, steps))) continue
    if (progress.type === 'step' && !areSmallSteps([...steps, progress])) return tooManySteps
    if (progress.type === 'step') steps.push(progress)
    if (sink.onPart(progress) === 'stop') end.abort('stop')
    if (reply.truncated) return { type: 'final' }
  }
  return null
}

/** Returns what the room receives of a part: a delta without what people may not see, or null if nothing is left. */
function progressOf(part: TurnProgress, reader: ReplyReader): TurnProgress | null {
  if (part.type !== 'delta') return part
  const text = reader.reply.add(part.text)
  if (text === '') return null
  reader.isWriting = true
  return { type: 'delta', text }
}

function isStored({ name, index }: TurnStep, steps: readonly TurnStep[]): boolean {
  return steps.some(step => step.name === name && step.index === index)
}

const tooManySteps: LastPart = {
  type: 'error',
  code: 'agent_bad_answer',
  message: 'The agent stored more steps than one turn can have.',
  retry: false,
}

function outcomeOf(last: LastPart, reader: ReplyReader): TurnOutcome {
  switch (last.type) {
    case 'approval':
      return askOutcome(last, reader)
    case 'error': {
      const code = /^[a-z][a-z0-9_]*$/.test(last.code) ? last.code : 'agent_failed'
      const failure = failed(code, firstLine(last.message), last.retry ?? true)
      return last.retry_after_ms === undefined ? failure : { ...failure, retryAfterMs: last.retry_after_ms }
    }
    case 'final':
      return finalOutcome(last, reader)
    default:
      return last satisfies never
  }
}

function askOutcome({ type: _, ...ask }: PartOf<'approval'>, { request }: ReplyReader): TurnOutcome {
  if (request.decisions.length < turnLimits.approvals) return { type: 'asks', ask }
  return failed('agent_bad_answer', `The agent asked for approval more than ${turnLimits.approvals} times.`, false)
}

function finalOutcome(last: PartOf<'final'>, { reply, sink, observes }: ReplyReader): TurnOutcome {
  const rest = reply.finish(last.content)
  if (rest === null)
    return failed('agent_bad_answer', 'The agent contradicted the text that it had already sent.', false)
  if (rest !== '') sink.onPart({ type: 'delta', text: rest })
  const usage = last.usage && { usage: last.usage }
  if (hasVisibleText(reply.text)) {
    return { type: 'answered', content: reply.text, truncated: reply.truncated || last.truncated === true, ...usage }
  }
  return last.silent || observes
    ? { type: 'silent', ...usage }
    : failed('agent_empty', 'The agent sent an empty reply.', true)
}

type PartOf<Type extends TurnPart['type']> = Extract<TurnPart, { type: Type }>

/** Returns the first line of an agent's error message: a stack would begin on the second. */
function firstLine(message: string): string {
  return cleanText(message.toWellFormed())?.split('\n', 1)[0]?.trim() || 'The agent failed.'
}

function failed(code: string, message: string, retry: boolean): TurnOutcome & { type: 'failed' } {
  return { type: 'failed', code, message, retry }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise(resolve => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener('abort', () => resolve(null), { once: true })
  })
}
