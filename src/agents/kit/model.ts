import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { APICallError, type LanguageModel, type LanguageModelUsage, streamText } from 'ai'
import type { TurnRequest } from '../../protocol/turns.ts'
import { type Persona, promptOf } from './prompt.ts'
import { AgentError, type Reply } from './reply.ts'

/** Where a language model answers: any endpoint that speaks OpenAI's streaming chat completions. */
export type ModelSettings = { baseUrl: string; apiKey?: string | undefined; model: string }

/** A model that says nothing for so long is given up, before its first word and between words. */
const patienceMs = 45_000

export function openAiCompatible({ baseUrl, apiKey, model }: ModelSettings): LanguageModel {
  const provider = createOpenAICompatible({
    name: 'model',
    baseURL: baseUrl,
    includeUsage: true,
    ...(apiKey !== undefined && { apiKey }),
  })
  return provider(model)
}

/** Lets a language model answer, as it speaks. Trying again is the room's: it shows, it is bounded, it survives. */
export async function answerWith(
  model: LanguageModel,
  request: TurnRequest,
  reply: Reply,
  { persona, silenceMs = patienceMs }: { persona: Persona; silenceMs?: number },
): Promise<void> {
  const watch = watchdog(silenceMs)
  try {
    const answer = streamText({
      model,
      ...promptOf(request, persona),
      maxRetries: 0,
      abortSignal: AbortSignal.any([reply.signal, watch.signal]),
      onError: () => {}, // it prints the request to the console otherwise; errors arrive as parts as well
    })
    for await (const part of answer.stream) {
      watch.heard()
      if (part.type === 'text-delta') await reply.delta(part.text)
      else if (part.type === 'error') throw part.error
      else if (part.type === 'abort') throw new Error('aborted')
      else if (part.type === 'finish') {
        reply.used(tokensOf(part.totalUsage))
        if (part.finishReason === 'content-filter') throw filtered
      }
    }
  } catch (error) {
    if (error instanceof AgentError || reply.signal.aborted) throw error
    throw watch.signal.aborted ? tooSlow : shown(error)
  } finally {
    watch.end()
  }
}

/** A signal that fires when nothing was heard for so long. The SDK's own begins only with the response's headers. */
function watchdog(silenceMs: number) {
  const silent = new AbortController()
  let timer = setTimeout(() => silent.abort(), silenceMs)
  return {
    signal: silent.signal,
    heard() {
      clearTimeout(timer)
      timer = setTimeout(() => silent.abort(), silenceMs)
    },
    end: () => clearTimeout(timer),
  }
}

const tooSlow = new AgentError('model_silent', 'The language model did not go on in time.')
const filtered = new AgentError('model_refused', 'The language model will not answer this.', { retry: false })

function tokensOf({ inputTokens, outputTokens }: LanguageModelUsage) {
  return { input_tokens: inputTokens ?? 0, output_tokens: outputTokens ?? 0 }
}

/** The provider's error in words for people. Its own text may hold the request, the address or a part of the key. */
function shown(error: unknown): AgentError {
  if (!APICallError.isInstance(error) || error.statusCode === undefined || error.statusCode < 400)
    return new AgentError('model_broke_off', 'The language model could not be reached, or broke off.')
  const status = error.statusCode
  if (status === 429) return new AgentError('model_busy', 'The language model has too much to do.')
  if (status === 408 || status >= 500) return new AgentError('model_failed', `The language model failed (${status}).`)
  const message = `The language model refused the request (${status}); whoever runs this server can see to it.`
  return new AgentError('model_refused', message, { retry: false })
}
