import type { AgentAddress } from '../../protocol/agent-address.ts'
import { checkEnd } from '../kit/model-end.ts'
import { modelFetch } from '../kit/model-fetch.ts'
import { promptOf } from '../kit/prompt.ts'
import type { ReplyText } from '../kit/reply-text.ts'
import { readEvents } from '../kit/server-sent-events.ts'
import { type AddressCall, headersOf } from './address-call.ts'
import { streamSpokenText } from './spoken-text.ts'

type OpenAiAddress = Extract<AgentAddress, { protocol: 'openai' }>

/** A chunk as `cleanModelStream` leaves it. */
type Chunk = {
  choices: { delta: { content?: string; refusal?: string; reasoning_content?: string }; finish_reason: string | null }[]
  usage?: Tokens
}

type Tokens = { prompt_tokens: number; completion_tokens: number }

/** Replies with the streamed chat completion of a model, which is offered no tools. */
export async function replyFromOpenAi(address: OpenAiAddress, call: AddressCall): Promise<void> {
  const { url, model, api_key: apiKey } = address
  const { request, reply, activity, observes } = call
  const response = await modelFetch({ baseUrl: url, apiKey }, activity)(endpointOf(url), requestOf(address, call))
  const write = (text: ReplyText) => stream(response, text)
  const { result, text } = await streamSpokenText(reply, { request, model }, write)
  const { reason, usage } = result
  if (usage !== null) reply.reportUsage({ input_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens })
  if (observes && reason === 'stop') return
  checkEnd({ finishReason: reason.replaceAll('_', '-'), rawFinishReason: reason }, { text, reply, calls: [] })
}

function requestOf({ model, api_key }: OpenAiAddress, { request, persona, signal }: AddressCall): RequestInit {
  const { instructions, messages } = promptOf(request, persona)
  const all = [{ role: 'system', content: instructions }, ...messages]
  const body = JSON.stringify({ model, messages: all, stream: true, stream_options: { include_usage: true } })
  return { method: 'POST', headers: headersOf(api_key), body, signal }
}

function endpointOf(url: string): string {
  const endpoint = new URL(url)
  endpoint.pathname = `${endpoint.pathname.replace(/\/+$/, '')}/chat/completions`
  return endpoint.href
}

async function* chunksOf({ body }: Response): AsyncGenerator<Chunk, void, void> {
  if (body === null) return
  for await (const event of readEvents(body)) {
    if (!('data' in event) || event.data[0] === '[DONE]') continue
    yield JSON.parse(event.data.join('\n')) as Chunk
  }
}

/** Streams the text of a response. Returns why the model ended, and its tokens, of which the last report counts. */
async function stream(response: Response, text: ReplyText): Promise<{ reason: string; usage: Tokens | null }> {
  let reason = 'stop'
  let usage: Tokens | null = null
  for await (const chunk of chunksOf(response)) {
    usage = chunk.usage ?? usage
    const [choice] = chunk.choices
    if (choice === undefined) continue
    const { content, refusal, reasoning_content: thought } = choice.delta
    if (thought !== undefined) await text.release() // this server separates thoughts by itself
    await text.add(content ?? refusal ?? '')
    reason = choice.finish_reason ?? reason
  }
  return { reason, usage }
}
