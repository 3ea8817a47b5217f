import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError, type LanguageModel, type LanguageModelUsage, streamText } from 'ai'
import { AgentError } from './agent-error.ts'
import { type Persona, promptOf } from './prompt.ts'
import type { Reply } from './reply.ts'
import type { TurnRequest } from './turn-request.ts'

/** The address of a language model: any endpoint that speaks OpenAI's streaming chat completions. */
export type ModelSettings = { baseUrl: string; apiKey?: string | undefined; model: string }

/** How long a model may send nothing, before its first word and between words. */
const defaultSilenceMs = 45_000

/** Returns the model behind an OpenAI-compatible endpoint. */
export function openAiCompatible({ baseUrl, apiKey, model }: ModelSettings): LanguageModel {
  const provider = createOpenAICompatible({
    name: 'model',
    baseURL: baseUrl,
    includeUsage: true,
    ...(apiKey !== undefined && { apiKey }),
  })
  return provider(model)
}

/**
 * Streams a language model's reply to a turn. Retries are left to the room, where they are visible, limited in number,
 * and survive a restart.
 */
export async function answerWith(
  model: LanguageModel,
  request: TurnRequest,
  reply: Reply,
  { persona, silenceMs = defaultSilenceMs }: { persona: Persona; silenceMs?: number },
): Promise<void> {
  const watchdog = startWatchdog(silenceMs)
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
      if (part.type === 'text-delta') await reply.delta(part.text)
      else if (part.type === 'error') throw part.error
      else if (part.type === 'abort') throw new Error('aborted')
      else if (part.type === 'finish') {
        reply.reportUsage(usageOf(part.totalUsage))
        if (part.finishReason === 'content-filter') throw filtered()
      }
    }
  } catch (error) {
    if (error instanceof AgentError || reply.signal.aborted) throw error
    throw watchdog.signal.aborted ? tooSlow() : toAgentError(error)
  } finally {
    watchdog.stop()
  }
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

const tooSlow = () => new AgentError('model_silent', 'The language model stopped sending for too long.')
const filtered = () => new AgentError('model_refused', 'The language model refuses to reply to this.', { retry: false })

function usageOf({ inputTokens, outputTokens }: LanguageModelUsage) {
  return { input_tokens: inputTokens ?? 0, output_tokens: outputTokens ?? 0 }
}

/** Describes a provider's error for people. Its own text may contain the request, the address or a part of the key. */
function toAgentError(error: unknown): AgentError {
  if (!APICallError.isInstance(error) || error.statusCode === undefined || error.statusCode < 400)
    return new AgentError('model_broke_off', 'The language model could not be reached, or its reply was cut off.')
  const status = error.statusCode
  if (status === 429)
    return new AgentError('model_busy', 'The language model is overloaded or its rate limit is reached.')
  if (status === 408 || status >= 500) return new AgentError('model_failed', `The language model failed (${status}).`)
  const message = `The language model refused the request (${status}). The operator should check its settings.`
  return new AgentError('model_refused', message, { retry: false })
}
