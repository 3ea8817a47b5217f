import { type LastPart, type TurnPart, turnPart } from '../protocol/turns.ts'

export type ReadPartsOptions = {
  signal?: AbortSignal // stop reading; nothing more is yielded
  maxLine?: number // characters; 1 Mi if absent: far more than 32 KiB of text, escaped, can take
}

/**
 * Reads an agent's NDJSON answer, part by part. Whatever the stream does, exactly one last part (`final`, `approval`
 * or `error`) ends it, unless the signal did; what comes after it is not read. Leaving early cancels the stream.
 */
export async function* readTurnParts(
  stream: ReadableStream<Uint8Array>,
  { signal, maxLine = 1_048_576 }: ReadPartsOptions = {},
): AsyncGenerator<TurnPart, void, void> {
  const reader = stream.getReader()
  const stop = () => void reader.cancel(signal?.reason).catch(ignoreDeadStream)
  signal?.addEventListener('abort', stop, { once: true })
  try {
    for await (const line of linesOf(reader, maxLine)) {
      if (signal?.aborted) return
      const part = typeof line === 'string' ? parsePart(line) : line
      if (part === null) continue
      yield part
      if (isLast(part)) return
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    stop() // an agent that goes on talking is told to be quiet
  }
}

export function isLast(part: TurnPart): part is LastPart {
  return part.type === 'final' || part.type === 'approval' || part.type === 'error'
}

/** The agent's side is closed or gone already: cancelling it then rejects, and there is nothing left to cancel. */
function ignoreDeadStream() {}

type Broken = Extract<TurnPart, { type: 'error' }>
const broken = (code: string, message: string): Broken => ({ type: 'error', code, message })
const tooLong = broken('agent_bad_answer', 'A part of the answer was too long.')

/** The lines of a byte stream, then why there are no more: a stream that just ends has left out its last part. */
async function* linesOf(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxLine: number,
): AsyncGenerator<string | Broken, void, void> {
  const decoder = new TextDecoder() // keeps a character that two chunks share
  let rest = ''
  while (true) {
    const chunk = await read(reader)
    if (chunk === 'died') return yield broken('agent_died', 'The agent broke off.')
    const text = chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    const lines = text.split('\n')
    lines[0] = rest + lines[0]
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.length > maxLine) return yield tooLong
      yield line
    }
    if (rest.length > maxLine) return yield tooLong
    if (chunk === null) break
  }
  yield rest
  yield broken('agent_unfinished', 'The answer ended in the middle.')
}

/** The next chunk; null at the end; `died` if the other side failed: a stream over RPC does not say why. */
async function read(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | null | 'died'> {
  try {
    const { value } = await reader.read()
    return value ?? null
  } catch {
    return 'died'
  }
}

/** The part a line holds; null for an empty line; an `error` for what is no part. */
function parsePart(line: string): TurnPart | null {
  if (line.trim() === '') return null
  try {
    const part = turnPart.safeParse(JSON.parse(line))
    if (part.success) return part.data
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  return broken('agent_bad_answer', 'The agent sent something that is no part of an answer.')
}
