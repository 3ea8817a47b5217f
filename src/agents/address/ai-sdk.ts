import type { AgentAddress } from '../../protocol/agent-address.ts'
import type { Usage } from '../../protocol/events/events.ts'
import { isApprovalData } from '../../protocol/turn-limits.ts'
import type { TurnMessage } from '../../protocol/turns.ts'
import { fetchStream } from '../kit/model-fetch.ts'
import type { Reply } from '../kit/reply.ts'
import type { TurnRequest } from '../kit/turn-request.ts'
import { type AddressCall, headersOf } from './address-call.ts'
import { toolNameOf, UiMessage, type UiPart, type UiToolPart } from './ui-message.ts'
import { receiveUiStream } from './ui-stream.ts'

type AiSdkAddress = Extract<AgentAddress, { protocol: 'ai-sdk' }>

/** What one response added: the whole message by then, and the text and the tokens of this response. */
type Received = { parts: UiPart[]; text: string; usage: Usage }

const stepName = 'message of the AI SDK'

/**
 * Replies with the message that a route of the AI SDK streams. Where it asks for approval, people decide; the message so
 * far is a step of the turn, and goes back with their decisions, as `useChat` sends it.
 */
export async function replyFromAiSdk(address: AiSdkAddress, call: AddressCall): Promise<void> {
  const { request, reply } = call
  let parts: UiPart[] = []
  let before = ''
  for (let round = 0; ; round++) {
    const earlier = storedIn(request, round)
    if (earlier !== null) await repeat(earlier, reply)
    const received = earlier ?? (await receive(address, call, { parts, before }))
    const message = new UiMessage(received.parts)
    if (message.pending.length === 0) return
    await reply.step(stepName, () => received)
    for (const tool of message.pending) await decide(tool, reply)
    before += received.text
    parts = message.parts
  }
}

function storedIn({ steps = [] }: TurnRequest, index: number): Received | null {
  const step = steps.find(one => one.name === stepName && one.index === index)
  return step === undefined ? null : (step.result as Received) // this code stored it
}

async function repeat({ text, usage }: Received, reply: Reply): Promise<void> {
  reply.reportUsage(usage)
  await reply.write(text)
}

async function receive(
  address: AiSdkAddress,
  call: AddressCall,
  { parts, before }: { parts: UiPart[]; before: string },
): Promise<Received> {
  const { url, api_key: apiKey } = address
  const { request, signal, activity } = call
  const body = JSON.stringify(bodyOf(request, parts))
  const { body: stream, secrets } = await fetchStream(
    url,
    { method: 'POST', headers: headersOf(apiKey), body, signal },
    { baseUrl: url, apiKey, activity, words: wordsOf(request) },
  )
  const message = new UiMessage(parts)
  const { text, usage } = await receiveUiStream(stream, call, { message, before, secrets, source: url })
  return { parts: message.parts, text, usage }
}

/** Has people decide on the call of a tool, whose id and input are what they decide on. */
async function decide(tool: UiToolPart, reply: Reply): Promise<void> {
  const { toolCallId: key, input, approval } = tool
  const name = toolNameOf(tool)
  const data = { tool: name, input }
  const isShown = isApprovalData(data) && key.length <= 200
  const asked = isShown ? await reply.ask(`Run ${name}?`, { key, data }) : tooLarge
  const { approved, note } = asked
  Object.assign(tool, {
    state: 'approval-responded',
    approval: { ...approval, approved, ...(note !== undefined && { reason: note }) },
  })
}

const tooLarge = { approved: false, note: 'The input is too large to be shown for approval.' }

/** The request as `DefaultChatTransport` sends it. `circles`: what else is known of the turn. */
function bodyOf(request: TurnRequest, parts: readonly UiPart[]): object {
  const { turn, attempt, agent, channel, circle, settings, reminder, session_id: id } = request
  const messages = [...request.history, request.message].map(messageOf)
  const begun = parts.length === 0 ? [] : [{ id: turn, role: 'assistant', parts }]
  const circles = { turn, attempt, agent, channel, title: circle.title, ...settings, ...(reminder && { reminder }) }
  return { id, messages: [...messages, ...begun], trigger: 'submit-message', circles }
}

function messageOf({ seq, at, author, trust, content }: TurnMessage): object {
  const isOwn = trust === 'self'
  const text = isOwn ? content : `${author.name}: ${content}`
  return {
    id: `m${seq}`,
    role: isOwn ? 'assistant' : 'user',
    metadata: { author, trust, at },
    parts: [{ type: 'text', text }],
  }
}

/** The names and texts of people, which a server may repeat in its errors. */
function wordsOf({ history, message }: TurnRequest): string[] {
  return [...history, message].flatMap(({ author, content }) => [content, author.name])
}
