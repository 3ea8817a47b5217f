import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { ModelMessage, ToolSet } from 'ai'
import { AgentError } from './agent-error.ts'
import type { LanguageModel } from './language-model.ts'
import { ModelActivity, setActivity } from './model-activity.ts'
import { type CallOptions, type CallResult, callModel } from './model-call.ts'
import { modelFetch } from './model-fetch.ts'
import { runTools, withoutExecution } from './model-tools.ts'
import { type Persona, promptOf } from './prompt.ts'
import type { Reply } from './reply.ts'
import { recordReply } from './reply-recorder.ts'
import type { TurnRequest } from './turn-request.ts'
import { silenceOf } from './watchdog.ts'

/** The address of a language model: any endpoint that speaks OpenAI's streaming chat completions. */
export type ModelSettings = { baseUrl: string; apiKey?: string | undefined; model: string }

/**
 * Returns the model behind an OpenAI-compatible endpoint. Without a valid address, or the name of a model, it throws an
 * AgentError that ends a turn at once.
 */
export function openAiCompatible({ baseUrl, apiKey, model }: ModelSettings): LanguageModel {
  const wrong = mistakeIn({ baseUrl, model })
  if (wrong !== null) throw misconfigured(wrong)
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

/** What is wrong with the settings of a model, or null. Their values are not in it: an address may hold a key. */
function mistakeIn({ baseUrl, model }: Partial<ModelSettings>): string | null {
  if (!baseUrl) return 'baseUrl is missing'
  if (!/^https?:/i.test(baseUrl) || !URL.canParse(baseUrl))
    return 'baseUrl is no address, such as https://example.com/v1'
  return model ? null : 'model is missing'
}

function misconfigured(wrong: string): AgentError {
  const message = 'The language model is not configured. The operator should check its settings.'
  const cause = new Error(`openAiCompatible: ${wrong}. Is there a setting for it, such as MODEL_URL?`)
  return new AgentError('model_unconfigured', message, { retry: false, cause })
}

/** How a model replies to a turn. */
export type AnswerOptions = {
  persona: Persona
  /** What the model may call, as `tool` of the AI SDK makes it. One with `needsApproval` runs once people approved it. */
  tools?: ToolSet
  maxCalls?: number // of the model in one turn, 8 by default; in the last one it may call no tool
  silenceMs?: number // how long the model may send nothing; by default three quarters of the time of the call
  holdMs?: number // how long the beginning of the text is held back, in case it is a thought
}

const defaultHoldMs = 400
const defaultMaxCalls = 8

/**
 * Streams a language model's reply to a turn. Retries are left to the room, where they are visible, limited in number,
 * and survive a restart. With tools, what the model said and what a tool returned are steps of the turn: a call of the
 * turn that follows an approval or a failure pays no model twice, and runs no tool twice.
 */
export async function answerWith(
  model: LanguageModel,
  request: TurnRequest,
  reply: Reply,
  { persona, tools, maxCalls = defaultMaxCalls, silenceMs = silenceOf(request), holdMs = defaultHoldMs }: AnswerOptions,
): Promise<void> {
  const { instructions, messages } = promptOf(request, persona)
  const options = { instructions, silenceMs, holdMs }
  if (tools === undefined) return void (await callModel(model, request, reply, { ...options, messages }))
  const past: ModelMessage[] = [...messages]
  let text = ''
  for (let call = 1; ; call++) {
    const offered = call < maxCalls ? withoutExecution(tools) : {}
    const callOptions: CallOptions = { ...options, messages: [...past], tools: offered }
    const result = await storedCall(reply, text, speaker => callModel(model, request, speaker, callOptions))
    text += result.text
    if (result.calls.length === 0 || call >= maxCalls) return
    past.push(
      ...result.messages,
      await runTools(tools, result.calls, { reply, messages: [...past, ...result.messages] }),
    )
    await reply.status('thinking')
  }
}

/** Calls the model as a step of the turn. What it said in an earlier call of the turn is sent, and counted, again. */
async function storedCall(reply: Reply, before: string, call: (reply: Reply) => Promise<CallResult>) {
  let isNew = false
  const result = await reply.step('call the model', async () => {
    isNew = true
    const recorded = recordReply(reply, before)
    return { ...(await call(recorded.reply)), text: recorded.text() }
  })
  if (isNew) return result
  reply.reportUsage(result.usage)
  await reply.write(result.text)
  return result
}
