import { type FinishReason, type LanguageModelUsage, type ModelMessage, streamText, type ToolSet } from 'ai'
import { AgentError } from './agent-error.ts'
import type { LanguageModel } from './language-model.ts'
import { activityOf } from './model-activity.ts'
import { ModelError, toAgentError } from './model-error.ts'
import type { Reply } from './reply.ts'
import { ReplyText } from './reply-text.ts'
import type { TurnRequest } from './turn-request.ts'

/** One call of a model. `tools`: what it may call, without what runs them; absent or empty: it is to reply. */
export type CallOptions = {
  instructions: string
  messages: ModelMessage[]
  tools?: ToolSet
  silenceMs: number // how long the model may send nothing
  holdMs: number // how long the beginning of the text is held back, in case it is a thought
}

/** A tool that the model calls. `problem`: why it cannot be run; absent: the input is what the tool takes. */
export type ToolCall = { id: string; name: string; input: unknown; problem?: string }

/** The result of a call, as JSON. `messages`: what the model said, for its next call. */
export type CallResult = { calls: ToolCall[]; messages: ModelMessage[]; usage: ReturnType<typeof usageOf> }

/** Calls a model once and streams its text to the reply. Fails if it neither says anything nor calls a tool. */
export async function callModel(
  model: LanguageModel,
  request: TurnRequest,
  reply: Reply,
  { instructions, messages, tools = {}, silenceMs, holdMs }: CallOptions,
): Promise<CallResult> {
  const watchdog = startWatchdog(silenceMs)
  const unsubscribe = activityOf(model)?.subscribe(watchdog.reset)
  const text = new ReplyText(reply, { holds: thinksAloud(model, request), holdMs })
  const result: Omit<CallResult, 'messages'> = { calls: [], usage: usageOf({}) }
  try {
    const answer = streamText({
      ...{ model, instructions, messages, tools, maxRetries: 0 },
      abortSignal: AbortSignal.any([reply.signal, watchdog.signal]),
      onError: () => {}, // by default it prints the request to the console; errors arrive as parts as well
    })
    for await (const part of answer.stream) {
      watchdog.reset()
      if (part.type === 'text-delta') await text.add(part.text)
      else if (part.type === 'reasoning-delta')
        await text.release() // this server separates thoughts by itself
      else if (part.type === 'tool-call') result.calls.push(toolCallOf(part, tools))
      else if (part.type === 'error') throw part.error
      else if (part.type === 'abort') throw new Error('aborted')
      else if (part.type === 'finish') {
        result.usage = usageOf(part.totalUsage)
        reply.reportUsage(result.usage)
        await text.end()
        checkEnd(part, { text, reply, calls: Object.keys(tools).length > 0 ? result.calls : [] })
      }
      if (text.hasLeaked) throw await leaked(model, reply)
    }
    return { ...result, messages: (await answer.responseMessages).filter(({ role }) => role === 'assistant') }
  } catch (error) {
    if (error instanceof AgentError || reply.signal.aborted) throw error
    throw watchdog.signal.aborted ? tooSlow(silenceMs) : toAgentError(error)
  } finally {
    unsubscribe?.()
    watchdog.stop()
    text.stop()
  }
}

type ToolCallPart = { toolCallId: string; toolName: string; input: unknown; invalid?: boolean | undefined }

function toolCallOf({ toolCallId: id, toolName: name, input, invalid }: ToolCallPart, tools: ToolSet): ToolCall {
  if (!Object.hasOwn(tools, name)) return { id, name, input, problem: 'There is no such tool.' }
  return invalid === true
    ? { id, name, input, problem: 'The input does not match the schema of the tool.' }
    : { id, name, input }
}

/** Starts a signal that fires after a silence. The SDK's own timeout begins only with the headers of the response. */
function startWatchdog(silenceMs: number) {
  const silent = new AbortController()
  let timer = setTimeout(() => silent.abort(), silenceMs)
  return {
    signal: silent.signal,
    reset() {
      clearTimeout(timer)
      timer = setTimeout(() => silent.abort(), silenceMs)
    },
    stop: () => clearTimeout(timer),
  }
}

// The templates of these models begin the thought in the prompt, so that the reply holds only its closing tag.
const thinkers = /deepseek-?r1|\bqwq\b|qwen3.*thinking|magistral|thinking|reasoning/i
const foundThinkers = new Set<string>() // in this instance
const holdStep = 'hold back what the model thinks aloud'

function thinksAloud(model: LanguageModel, { steps }: TurnRequest): boolean {
  const id = model.modelId
  return thinkers.test(id) || foundThinkers.has(id) || (steps ?? []).some(({ name }) => name === holdStep)
}

/** A thought was sent to people. The next attempt, whose text replaces this one's, holds it back. */
async function leaked(model: LanguageModel, reply: Reply): Promise<AgentError> {
  foundThinkers.add(model.modelId)
  await reply.step(holdStep, () => true)
  return new AgentError('model_thought_aloud', 'The language model mixed its thoughts into its reply.')
}

type Ending = { text: ReplyText; reply: Reply; calls: ToolCall[] }
type Finish = { finishReason: FinishReason; rawFinishReason?: string | undefined }

/** Fails the reply, or marks it, where the model did not end it by itself. */
function checkEnd({ finishReason, rawFinishReason }: Finish, { text, reply, calls }: Ending): void {
  const cause = new ModelError(null, `The model finished with ${finishReason} (${rawFinishReason ?? 'no reason'}).`)
  if (finishReason === 'content-filter') throw filtered(cause)
  if (finishReason === 'error' || rawFinishReason === 'error') throw cause
  if (calls.length > 0 && finishReason !== 'length') return
  const isCut = finishReason === 'length' || finishReason === 'tool-calls'
  if (isCut && text.isVisible) reply.markTruncated()
  else if (finishReason === 'length') throw cutShort(cause)
  else if (finishReason === 'tool-calls') throw calledTool(cause)
  else if (!text.isVisible) throw noText(cause)
}

const once = { retry: false }
const tooSlow = (silenceMs: number) =>
  new AgentError('model_silent', 'The language model stopped sending for too long.', {
    cause: new ModelError(null, `The model's server sent nothing for ${silenceMs} ms.`),
  })
const filtered = (cause: Error) =>
  new AgentError('model_refused', 'The language model refuses to reply to this.', { ...once, cause })
const cutShort = (cause: Error) =>
  new AgentError('model_cut_short', 'The language model used up its tokens before it began its reply.', {
    ...once,
    cause,
  })
const noText = (cause: Error) => new AgentError('model_empty', 'The language model sent no text to show.', { cause })
const calledTool = (cause: Error) =>
  new AgentError('model_called_tool', 'The language model called a tool instead of replying.', { ...once, cause })

function usageOf({ inputTokens, outputTokens }: Partial<LanguageModelUsage>) {
  return { input_tokens: inputTokens ?? 0, output_tokens: outputTokens ?? 0 }
}
