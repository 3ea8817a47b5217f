import type { Usage } from '../../protocol/events/events.ts'
import { hasVisibleText } from '../../protocol/text.ts'
import { tokenCount } from '../../protocol/turn-limits.ts'
import { checkEnd } from '../kit/model-end.ts'
import { ModelError, strikeOut } from '../kit/model-error.ts'
import { recordReply } from '../kit/reply-recorder.ts'
import type { ReplyText } from '../kit/reply-text.ts'
import { readEvents } from '../kit/server-sent-events.ts'
import type { AddressCall } from './address-call.ts'
import { streamSpokenText } from './spoken-text.ts'
import { readUiChunk, type UiChunk } from './ui-chunk.ts'
import type { UiMessage } from './ui-message.ts'

/** Where a stream goes. `source`: its URL, which tells it from others. `before`: the text of earlier responses. */
type UiStreamOptions = { message: UiMessage; before: string; secrets: readonly string[]; source: string }

const maxLength = 2_097_152 // characters of one response

/** Receives the UI message stream of one response. Returns what it added to the text, and its tokens. */
export async function receiveUiStream(
  stream: ReadableStream<Uint8Array>,
  call: AddressCall,
  { message, before, secrets, source }: UiStreamOptions,
): Promise<{ text: string; usage: Usage }> {
  const { request, reply, observes } = call
  const recorded = recordReply(reply, before)
  const write = (text: ReplyText) => readAll(stream, call, { text, message, secrets })
  const { result, text } = await streamSpokenText(recorded.reply, { request, model: source }, write)
  const { reason, usage } = result
  reply.reportUsage(usage)
  const maySayNothing = reason === 'stop' && (observes || hasVisibleText(before))
  if (!maySayNothing) checkEnd({ finishReason: reason }, { text, reply, calls: message.pending })
  return { text: recorded.text(), usage }
}

type Destination = { text: ReplyText; message: UiMessage; secrets: readonly string[] }

async function readAll(stream: ReadableStream<Uint8Array>, call: AddressCall, destination: Destination) {
  const end = { reason: 'stop', usage: noTokens }
  for await (const chunk of chunksOf(stream, call, destination.secrets)) {
    destination.message.take(chunk)
    await show(chunk, call, destination)
    if ('messageMetadata' in chunk) end.usage = usageIn(chunk.messageMetadata) ?? end.usage
    if (chunk.type === 'finish') end.reason = chunk.finishReason ?? end.reason
  }
  return end
}

const noTokens: Usage = { input_tokens: 0, output_tokens: 0 }

/** Yields the chunks of a stream that count, up to its end. */
async function* chunksOf(
  stream: ReadableStream<Uint8Array>,
  { activity }: AddressCall,
  secrets: readonly string[],
): AsyncGenerator<UiChunk, void, void> {
  let length = 0
  for await (const event of readEvents(bytesOf(stream, () => activity.notify()))) {
    const data = 'data' in event ? event.data.join('\n') : event.stray
    length += data.length
    if (length > maxLength) throw new ModelError(null, 'The server sent more than one reply can be.')
    if (data === '[DONE]') return
    const chunk = 'data' in event ? readUiChunk(data) : null
    if (chunk === undefined)
      throw new ModelError(null, strikeOut(`This is no chunk of the AI SDK: ${data.slice(0, 200)}`, secrets))
    if (chunk !== null) yield chunk
    if (chunk?.type === 'finish') return
  }
  throw new ModelError(null, 'The stream ended before the reply was over.')
}

async function* bytesOf(stream: ReadableStream<Uint8Array>, onActivity: () => void) {
  for await (const bytes of stream) {
    onActivity()
    yield bytes
  }
}

/** Shows people what they may see of a chunk. Throws where the server gives up. */
async function show(chunk: UiChunk, { reply }: AddressCall, { text, secrets }: Destination): Promise<void> {
  if (chunk.type === 'text-delta') await text.add(chunk.delta)
  else if (chunk.type === 'reasoning-delta') await text.release()
  else if (chunk.type === 'tool-input-start') await reply.status('tool', chunk.toolName)
  else if (chunk.type === 'error') throw new ModelError(null, strikeOut(chunk.errorText, secrets))
  else if (chunk.type === 'abort') throw new ModelError(null, 'The server aborted its reply.')
  else if (chunk.type === 'reset-step') throw new ModelError(null, 'The server took back what it had said.')
}

/** The tokens in the metadata of a message, where its server reports `totalUsage` or `usage` of the AI SDK; else null. */
function usageIn(metadata: unknown): Usage | null {
  const { totalUsage, usage } = (typeof metadata === 'object' && metadata !== null ? metadata : {}) as {
    totalUsage?: unknown
    usage?: unknown
  }
  const found = totalUsage ?? usage
  if (typeof found !== 'object' || found === null) return null
  const { inputTokens, outputTokens } = found as Record<string, unknown>
  return { input_tokens: tokenCount(inputTokens), output_tokens: tokenCount(outputTokens) }
}
