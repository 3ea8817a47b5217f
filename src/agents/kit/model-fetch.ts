import type { ModelActivity } from './model-activity.ts'
import { isFailure, ModelError, retryAfterOf, strikeOut } from './model-error.ts'
import { cleanModelStream } from './model-stream.ts'

/** Where a model is, and the key to it. */
type Endpoint = { baseUrl: string; apiKey?: string | undefined }

/**
 * Returns a `fetch` for one model's server, which streams replies as the SDK expects them, and throws each failure as a
 * ModelError for the operator's log.
 */
export function modelFetch(endpoint: Endpoint, activity: ModelActivity): typeof fetch {
  return async (input, init) => {
    const { body, secrets } = await fetchStream(input, init, { ...endpoint, activity, words: wordsOf(init?.body) })
    const stream = cleanModelStream(body, { onActivity: () => activity.notify(), secrets })
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
  }
}

/** What a request to a server is sent with. `words`: of people, which the server may repeat in its errors. */
type StreamOptions = Endpoint & { activity: ModelActivity; words: readonly string[] }

/**
 * Requests a stream. Follows no redirect, since the prompt and the key are meant for this server only. `secrets` are to be
 * struck out of errors. Throws a ModelError.
 */
export async function fetchStream(
  input: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
  { baseUrl, apiKey = '', activity, words }: StreamOptions,
): Promise<{ body: ReadableStream<Uint8Array>; secrets: string[] }> {
  const secrets = [apiKey, encodeURIComponent(apiKey), hostOf(baseUrl), ...words]
  const response = await fetch(input, { ...init, redirect: 'manual' }).catch(error => {
    if (error instanceof Error && error.name === 'AbortError') throw error
    throw new ModelError(null, strikeOut(`The server cannot be reached: ${reasonOf(error)}`, secrets))
  })
  activity.notify()
  if (isFailure(response.status) || response.body === null) throw await failureOf(response, secrets)
  return { body: response.body, secrets }
}

async function failureOf(response: Response, secrets: readonly string[]): Promise<ModelError> {
  const text = await response.text().catch(error => `${error}`)
  const headers = Object.fromEntries(response.headers)
  const status = isFailure(response.status) ? response.status : null // 204 has no reply either
  return new ModelError(status, strikeOut(messageIn(text.slice(0, 100_000)), secrets), retryAfterOf(headers))
}

/** The message in the body of an error, in any of the forms that servers use; else the body. */
function messageIn(body: string): string {
  const [, message] = /"(?:message|detail|msg|error)"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(body) ?? []
  if (message === undefined) return body
  try {
    return JSON.parse(message)
  } catch {
    return message // not quite JSON
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined
  return cause === undefined ? `${error}` : `${error} (${cause})`
}

function hostOf(baseUrl: string): string {
  try {
    return new URL(baseUrl).host
  } catch {
    return baseUrl // the request will fail
  }
}

/** The names and longer texts of people in a request: a server may repeat them in its error. */
function wordsOf(body: unknown): string[] {
  const texts =
    typeof body === 'string' ? [...body.matchAll(/\\"(?:author|name|content)\\":\\"((?:[^"\\]|\\\\.)*)\\"/g)] : []
  return texts.flatMap(([, text = '']) => [text, ...text.split(/\\+n|[.!?]\s/)]).filter(text => text.length > 2)
}
