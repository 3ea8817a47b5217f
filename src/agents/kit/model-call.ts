import { type LanguageModelUsage, type ModelMessage, streamText, type ToolSet } from 'ai'
import { AgentError } from './agent-error.ts'
import type { LanguageModel } from './language-model.ts'
import { activityOf } from './model-activity.ts'
import { checkEnd, tooSlow } from './model-end.ts'
import { toAgentError } from './model-error.ts'
import { toModelError } from './provider-error.ts'
import type { Reply } from './reply.ts'
import { ReplyText } from './reply-text.ts'
import { leaked, thinksAloud } from './thinking-models.ts'
import type { TurnRequest } from './turn-request.ts'
import { startWatchdog } from './watchdog.ts'

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
  const text = new ReplyText(reply, { holds: thinksAloud(model.modelId, request), holdMs })
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
      if (text.hasLeaked) throw await leaked(model.modelId, reply)
    }
    return { ...result, messages: (await answer.responseMessages).filter(({ role }) => role === 'assistant') }
  } catch (error) {
    if (error instanceof AgentError || reply.signal.aborted) throw error
    throw watchdog.signal.aborted ? tooSlow(silenceMs) : toAgentError(toModelError(error))
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

function usageOf({ inputTokens, outputTokens }: Partial<LanguageModelUsage>) {
  return { input_tokens: inputTokens ?? 0, output_tokens: outputTokens ?? 0 }
}
