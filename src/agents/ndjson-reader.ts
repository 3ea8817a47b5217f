import { splitLines } from '../lib/split-lines.ts'
import { type LastPart, type TurnPart, turnPart } from '../protocol/turns.ts'

/** How a reply is read. */
export type ReadPartsOptions = {
  signal?: AbortSignal // stops reading; nothing more is yielded
  maxLine?: number // characters; 1 Mi by default, far more than 32 KiB of text can take when escaped
}

/**
 * Reads an agent's NDJSON reply part by part. Unless the signal stops it, exactly one last part (`final`, `approval` or
 * `error`) is yielded at the end, whatever the stream does; what follows a last part is not read. Leaving the loop early
 * cancels the stream.
 */
export async function* readTurnParts(
  stream: ReadableStream<Uint8Array>,
  { signal, maxLine = 1_048_576 }: ReadPartsOptions = {},
): AsyncGenerator<TurnPart, void, void> {
  const reader = stream.getReader()
  const cancel = () => void reader.cancel(signal?.reason).catch(ignoreDeadStream)
  signal?.addEventListener('abort', cancel, { once: true })
  try {
    for await (const part of partsOf(reader, maxLine)) {
      if (signal?.aborted) return
      yield part
      if (isLast(part)) return
    }
  } finally {
    signal?.removeEventListener('abort', cancel)
    cancel() // stops an agent that goes on sending
  }
}

/** Whether a part ends the stream. */
export function isLast(part: TurnPart): part is LastPart {
  return part.type === 'final' || part.type === 'approval' || part.type === 'error'
}

/** Cancelling rejects when the agent's side has closed or failed already. Then there is nothing to cancel. */
function ignoreDeadStream() {}

const failure = (code: string, message: string): TurnPart => ({ type: 'error', code, message })

/** Yields the parts of a stream, and an error where it breaks the format, fails, or just ends. */
async function* partsOf(reader: ReadableStreamDefaultReader<Uint8Array>, maxLine: number): AsyncGenerator<TurnPart> {
  try {
    for await (const line of splitLines(chunksOf(reader), maxLine)) {
      const part = line === null ? failure('agent_bad_answer', 'A part of the reply was too long.') : parsePart(line)
      if (part !== null) yield part
    }
  } catch (error) {
    if (!(error instanceof StreamError)) throw error
    return yield failure('agent_died', 'The agent stopped early.')
  }
  yield failure('agent_unfinished', 'The reply ended before it was complete.')
}

/** The agent's side failed. A stream that comes over RPC does not say why. */
class StreamError extends Error {}

/** Yields the chunks of a reader. Iterating the stream itself would lock it, and a pending read could not be cancelled. */
async function* chunksOf(reader: ReadableStreamDefaultReader<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  while (true) {
    const { value, done } = await reader.read().catch(() => {
      throw new StreamError()
    })
    if (done) return
    yield value
  }
}

/** Parses one line: null if it is empty, an `error` if it is not a part of a reply. */
function parsePart(line: string): TurnPart | null {
  if (line.trim() === '') return null
  try {
    const part = turnPart.safeParse(JSON.parse(line))
    if (part.success) return part.data
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return failure('agent_bad_answer', 'The agent sent something that is not a part of a reply.')
}
