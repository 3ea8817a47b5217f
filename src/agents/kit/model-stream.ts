import { ModelChunks } from './model-chunk.ts'
import { ModelError, strikeOut } from './model-error.ts'
import { readEvents } from './server-sent-events.ts'

/** How a model's stream is read. */
export type ModelStreamOptions = {
  onActivity: () => void // called for whatever comes over the line
  secrets?: readonly string[] // struck out of errors
  graceMs?: number // how long a server that says that the reply is over may keep the stream open
}

const defaultGraceMs = 2_000
const maxStray = 1_048_576 // characters that are no event stream: a whole reply as JSON, or a web page

/**
 * Re-emits a stream of chat completions as the SDK expects it: what is no chunk is left out, what is known of a chunk is
 * kept, and the stream ends with `[DONE]`, or soon after the model's reason to finish, even if the server leaves it open.
 */
export function cleanModelStream(
  body: ReadableStream<Uint8Array>,
  options: ModelStreamOptions,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  const frames = framesOf(reader, options)
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await frames.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(`data: ${value}\n\n`))
    },
    cancel: reason => reader.cancel(reason),
  })
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

async function* framesOf(
  reader: Reader,
  { onActivity, secrets = [], graceMs = defaultGraceMs }: ModelStreamOptions,
): AsyncGenerator<string, void, void> {
  const chunks = new ModelChunks(secrets)
  let stray = ''
  let isStream = false
  let timer: ReturnType<typeof setTimeout> | undefined
  try {
    for await (const event of readEvents(bytesOf(reader, onActivity))) {
      if ('stray' in event) {
        stray = `${stray}${event.stray}\n`.slice(0, maxStray)
        continue
      }
      isStream = true
      for (const text of textsOf(event.data)) {
        if (text.trim() === '[DONE]') return yield* ['[DONE]']
        const chunk = chunks.read(text, event.name)
        if (chunk === null) continue
        if (chunks.isFinished && chunk.choices.length > 0) {
          clearTimeout(timer)
          timer = setTimeout(() => void reader.cancel().catch(ignoreDeadStream), graceMs)
        }
        yield JSON.stringify(chunk)
      }
    }
    if (!isStream) yield JSON.stringify(chunks.readWhole(stray))
  } catch (error) {
    if (!chunks.isFinished) throw error
  } finally {
    clearTimeout(timer)
    void reader.cancel().catch(ignoreDeadStream)
  }
  if (!chunks.isFinished) throw new ModelError(null, 'The stream ended before the reply was over.')
  yield '[DONE]'
}

/** The texts of an event: one, or one for each line where a server forgot the empty lines between its events. */
function textsOf(data: string[]): string[] {
  const text = data.join('\n')
  if (data.length === 1) return [text]
  try {
    JSON.parse(text)
    return [text]
  } catch {
    return data
  }
}

async function* bytesOf(reader: Reader, onActivity: () => void): AsyncGenerator<Uint8Array, void, void> {
  while (true) {
    const { value, done } = await reader.read().catch(brokenOff)
    if (done) return
    onActivity()
    yield value
  }
}

function brokenOff(error: unknown): never {
  if (error instanceof Error && error.name === 'AbortError') throw error
  throw new ModelError(null, strikeOut(`The connection broke off: ${error}`))
}

function ignoreDeadStream() {} // it has ended or failed already
