import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { type FinishReason, type LanguageModelUsage, streamText } from 'ai'
import { AgentError } from './agent-error.ts'
import type { LanguageModel } from './language-model.ts'
import { activityOf, ModelActivity, setActivity } from './model-activity.ts'
import { ModelError, toAgentError } from './model-error.ts'
import { modelFetch } from './model-fetch.ts'
import { type Persona, promptOf } from './prompt.ts'
import type { Reply } from './reply.ts'
import { ReplyText } from './reply-text.ts'
import type { TurnRequest } from './turn-request.ts'

/** The address of a language model: any endpoint that speaks OpenAI's streaming chat completions. */
export type ModelSettings = { baseUrl: string; apiKey?: string | undefined; model: string }

/** Returns the model behind an OpenAI-compatible endpoint. */
export function openAiCompatible({ baseUrl, apiKey, model }: ModelSettings): LanguageModel {
  const activity = new ModelActivity()
  const provider = createOpenAICompatible({
    name: 'model',
    baseURL: baseUrl,
    includeUsage: true,
    fetch: modelFetch({ baseUrl, apiKey }, activity),
    ...(apiKey !== undefined && { apiKey }),
  })
  return setActivity(provider(model), activity)
}

/** How a model replies to a turn. */
export type AnswerOptions = {
  persona: Persona
  silenceMs?: number // how long the model may send nothing; by default three quarters of the time of the call
  holdMs?: number // how long the beginning of the text is held back, in case it is a thought
}

const defaultSilenceMs = 45_000
const defaultHoldMs = 400

/**
 * Streams a language model's reply to a turn. Retries are left to the room, where they are visible, limited in number,
 * and survive a restart.
 */
export async function answerWith(
  model: LanguageModel,
  request: TurnRequest,
  reply: Reply,
  { persona, silenceMs = silenceOf(request), holdMs = defaultHoldMs }: AnswerOptions,
): Promise<void> {
  const watchdog = startWatchdog(silenceMs)
  const unsubscribe = activityOf(model)?.subscribe(watchdog.reset)
  const text = new ReplyText(reply, { holds: thinksAloud(model, request), holdMs })
  try {
    const answer = streamText({
      model,
      ...promptOf(request, persona),
      maxRetries: 0,
      abortSignal: AbortSignal.any([reply.signal, watchdog.signal]),
      onError: () => {}, // by default it prints the request to the console; errors arrive as parts as well
    })
    for await (const part of answer.stream) {
      watchdog.reset()
      if (part.type === 'text-delta') await text.add(part.text)
      else if (part.type === 'reasoning-delta')
        await text.release() // this server separates thoughts by itself
      else if (part.type === 'error') throw part.error
      else if (part.type === 'abort') throw new Error('aborted')
      else if (part.type === 'finish') {
        reply.reportUsage(usageOf(part.totalUsage))
        await text.end()
        checkEnd(part, text, reply)
      }
      if (text.hasLeaked) throw await leaked(model, reply)
    }
  } catch (error) {
    if (error instanceof AgentError || reply.signal.aborted) throw error
    throw watchdog.signal.aborted ? tooSlow(silenceMs) : toAgentError(error)
  } finally {
    unsubscribe?.()
    watchdog.stop()
    text.stop()
  }
}

function silenceOf({ turn_seconds }: TurnRequest): number {
  return turn_seconds === undefined ? defaultSilenceMs : turn_seconds * 750
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

type Finish = { finishReason: FinishReason; rawFinishReason?: string | undefined }

/** Fails the reply, or marks it, where the model did not end it by itself. */
function checkEnd({ finishReason, rawFinishReason }: Finish, text: ReplyText, reply: Reply): void {
  const cause = new ModelError(null, `The model finished with ${finishReason} (${rawFinishReason ?? 'no reason'}).`)
  if (finishReason === 'content-filter') throw filtered(cause)
  if (finishReason === 'error' || rawFinishReason === 'error') throw cause
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

function usageOf({ inputTokens, outputTokens }: LanguageModelUsage) {
  return { input_tokens: inputTokens ?? 0, output_tokens: outputTokens ?? 0 }
}
