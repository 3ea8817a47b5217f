import { tokenCount } from '../../protocol/turn-limits.ts'
import { ModelError, strikeOut } from './model-error.ts'

type Json = Record<string, unknown>

/** A chunk of an OpenAI-compatible stream that holds nothing but what we know, in the types that the SDK expects. */
export type ModelChunk = { choices: object[]; usage?: object; id?: string; model?: string; created?: number }

/** Reads the chunks of one reply. A reply counts by its text and the reason why it ended; nothing else voids it. */
export class ModelChunks {
  #index: number | null = null // of the choice that is read: the first that comes
  #hasText = false
  readonly #secrets: readonly string[] // struck out of errors

  constructor(secrets: readonly string[] = []) {
    this.#secrets = secrets
  }

  /** Whether the model has said that the reply is over. What fails afterwards does not matter. */
  isFinished = false

  /** Returns what is known of a chunk, or null if it is none. Throws a ModelError if the reply has failed. */
  read(text: string, event: string): ModelChunk | null {
    const value = parse(text)
    // A part of the reply may be lost in it.
    if (value === undefined && /^\s*\{/.test(text) && !this.isFinished)
      throw this.#failure(null, 'A chunk of the stream is not JSON.')
    return isRecord(value) ? this.#clean(value, event) : null
  }

  /** Reads a reply that came as a whole, without a stream. */
  readWhole(text: string): ModelChunk {
    const value = parse(text)
    const chunk = isRecord(value) ? this.#clean(value, '') : null
    if (chunk === null || chunk.choices.length === 0)
      throw this.#failure(null, `The server sent no event stream: ${text.slice(0, 500)}`)
    this.isFinished = true
    return {
      ...chunk,
      choices: chunk.choices.map(choice => ({ ...choice, finish_reason: reasonOf(choice) ?? 'stop' })),
    }
  }

  #clean(value: Json, event: string): ModelChunk | null {
    const problem = this.isFinished ? null : errorIn(value, event)
    if (problem !== null) throw this.#failure(problem.status, problem.message)
    const choice = this.#choiceOf(value)
    const usage = usageOf(value['usage'])
    if (choice === null && usage === null) return null
    return { ...headOf(value), choices: choice === null ? [] : [choice], ...(usage !== null && { usage }) }
  }

  #failure(status: number | null, message: string): ModelError {
    return new ModelError(status, strikeOut(message, this.#secrets))
  }

  #choiceOf({ choices, response }: Json): object | null {
    if (choices === undefined && response !== undefined) return this.#choice({ delta: { content: response } }) // Workers AI
    const list = (Array.isArray(choices) ? choices : [choices]).filter(isRecord)
    this.#index ??= list.length === 0 ? null : indexOf(list[0])
    const own = list.find(choice => indexOf(choice) === this.#index)
    return own === undefined ? null : this.#choice(own)
  }

  #choice(choice: Json): object {
    const reason = reasonOf(choice)
    const delta = deltaOf(choice, this.#hasText)
    if (delta['content'] !== undefined) this.#hasText = true
    if (reason !== null) this.isFinished = true
    return { index: 0, delta, finish_reason: reason }
  }
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // not JSON; JSON has no undefined
  }
}

function indexOf(choice: Json | undefined): number {
  return Number(choice?.['index'] ?? 0)
}

/** What the chunk adds to the reply. A whole message is read where no text has come before. */
function deltaOf({ delta, message }: Json, hasText: boolean): Json {
  const source = delta ?? (hasText ? null : message)
  const { content, reasoning_content, reasoning, refusal, tool_calls } = isRecord(source) ? source : { content: source }
  const thoughts = reasoning_content ?? reasoning
  return {
    ...keep('content', textOf(content)),
    ...keep('reasoning_content', typeof thoughts === 'string' ? thoughts : ''),
    ...keep('refusal', typeof refusal === 'string' ? refusal : ''),
    ...(Array.isArray(tool_calls) && { tool_calls: tool_calls.flatMap(toolCallOf) }),
  }
}

function keep(key: string, text: string): Json {
  return text === '' ? {} : { [key]: text }
}

/** The text of a content, which may be a list of parts. Some servers parse each token as JSON: 6 is the text "6". */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (typeof content === 'number' || typeof content === 'boolean') return `${content}`
  if (Array.isArray(content)) return content.map(part => (isRecord(part) ? partText(part) : textOf(part))).join('')
  return isRecord(content) ? partText(content) : ''
}

function partText({ type = 'text', text }: Json): string {
  return type === 'text' || type === 'output_text' ? textOf(text) : '' // thinking and references are left out
}

function toolCallOf(call: unknown): object[] {
  if (!isRecord(call) || !isRecord(call['function'])) return []
  const { index, id } = call
  const { name, arguments: input } = call['function']
  const fields = { ...(typeof name === 'string' && { name }), ...keep('arguments', inputText(input)) }
  return [{ ...(typeof index === 'number' && { index }), ...(typeof id === 'string' && { id }), function: fields }]
}

function inputText(input: unknown): string {
  return typeof input === 'string' ? input : isRecord(input) ? JSON.stringify(input) : ''
}

// The names that servers give to the reasons, as OpenAI's.
const reasons = new Map([
  ...['length', 'max_tokens', 'model_length', 'max_length'].map(name => [name, 'length'] as const),
  ...['content_filter', 'content-filter', 'safety', 'sensitive'].map(name => [name, 'content_filter'] as const),
  ...['error', 'abort', 'aborted', 'network_error', 'insufficient_system_resource'].map(
    name => [name, 'error'] as const,
  ),
])

function reasonOf(choice: object): string | null {
  const reason = 'finish_reason' in choice ? choice.finish_reason : null
  if (reason === null || reason === undefined || reason === '' || reason === false) return null
  return typeof reason === 'string' ? (reasons.get(reason.toLowerCase()) ?? reason) : 'stop'
}

function headOf({ id, model, created }: Json) {
  return {
    ...(typeof id === 'string' && { id }),
    ...(typeof model === 'string' && { model }),
    ...(typeof created === 'number' && { created }),
  }
}

function usageOf(usage: unknown): object | null {
  if (!isRecord(usage)) return null
  const prompt_tokens = tokenCount(usage['prompt_tokens'])
  const completion_tokens = tokenCount(usage['completion_tokens'])
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens }
}

/** The error that a chunk reports, or null. `"error": null` and the like report none. */
function errorIn(value: Json, event: string): { status: number | null; message: string } | null {
  const { error, errors, choices } = value
  const isError = event === 'error' || (choices === undefined && [value['object'], value['type']].includes('error'))
  const found = [error, errors].find(says) ?? (isError ? value : null)
  if (found === null) return null
  const first = Array.isArray(found) ? found[0] : found
  const { code, status, message }: Json = isRecord(first) ? first : { message: first }
  const number = [status, code].map(Number).find(one => Number.isInteger(one) && one >= 400 && one <= 599)
  return { status: number ?? null, message: typeof message === 'string' ? message : JSON.stringify(first) }
}

/** Does this say that something failed? An object of nothing but nulls, zeros and empty values does not. */
function says(error: unknown): boolean {
  return error !== null && typeof error === 'object' ? Object.values(error).some(says) : Boolean(error)
}
