// The package entry `circles-rooms/ai/chat`: the AI SDK's `useChat` over a circle. It needs the types of `ai` only.

import type { ChatTransport, UIMessage, UIMessageChunk } from 'ai'
import type { Channel } from '../channel.ts'
import { CirclesError } from '../errors.ts'
import { TurnStream } from './turn-stream.ts'

export { chatMessages, currentParts } from './chat-messages.ts'

/** The channel of a circle, as `createClient(…).circle(…)` of `circles-rooms/client` returns it, and an agent in it. */
export type CirclesTransportOptions = { channel: Channel; agent: string }

/**
 * Connects `useChat` to an agent in a circle. A message is sent under one id until it is stored; the reply is read from the
 * circle's state, which survives reconnects, so a server that restarts does not end it. Errors are of the type CirclesError.
 */
export class CirclesTransport implements ChatTransport<UIMessage> {
  readonly resumeStreamIsReplay = true
  readonly #channel: Channel
  readonly #agent: string

  constructor({ channel, agent }: CirclesTransportOptions) {
    this.#channel = channel
    this.#agent = agent
  }

  /** Sends the last message, or the decisions on approvals that are in it; returns the reply as it is written. */
  async sendMessages({
    messages,
    abortSignal,
  }: Parameters<ChatTransport<UIMessage>['sendMessages']>[0]): Promise<ReadableStream<UIMessageChunk>> {
    const last = messages.at(-1)
    const decided = last?.role === 'assistant' ? decisionsIn(last) : []
    if (decided.length > 0) return this.#decide(decided, abortSignal)
    const prompt = messages.findLast(({ role }) => role === 'user') // of a message that is regenerated, too
    const { seq } = await this.#channel.send(prompt === undefined ? '' : textOf(prompt), { to: this.#agent })
    return this.#streamOf(seq, { abortSignal })
  }

  /** Returns the reply that is in progress or waits for an approval, from its beginning, or null if there is none. */
  async reconnectToStream({
    abortSignal,
  }: Parameters<ChatTransport<UIMessage>['reconnectToStream']>[0]): Promise<ReadableStream<UIMessageChunk> | null> {
    await connected(this.#channel)
    const { turns, entries } = this.#channel.state
    const running = turns.find(({ agent_id }) => agent_id === this.#agent)
    if (running !== undefined) return this.#streamOf(running.in_reply_to, { abortSignal })
    const waiting = entries.flatMap(({ event, decision }) =>
      event.type === 'approval_requested' && event.data.agent_id === this.#agent && decision === null
        ? [event.data]
        : [],
    )
    const turn = waiting.at(-1)?.turn
    return turn === undefined ? null : this.#streamOf(null, { abortSignal, turn })
  }

  async #decide(decisions: Decision[], abortSignal: AbortSignal | undefined) {
    const requested = this.#channel.state.entries.flatMap(({ event }) =>
      event.type === 'approval_requested' && decisions.some(({ id }) => id === event.data.approval) ? [event.data] : [],
    )
    const turn = requested.at(-1)?.turn
    if (turn === undefined) throw new CirclesError('not_found', 'This approval is not known here.')
    for (const { id, approved, reason } of decisions)
      await (approved ? this.#channel.approve(id, reason) : this.#channel.reject(id, reason))
    return this.#streamOf(null, { abortSignal, turn })
  }

  #streamOf(prompt: number | null, { abortSignal, turn }: { abortSignal: AbortSignal | undefined; turn?: string }) {
    return new TurnStream(this.#channel, { agent: this.#agent, prompt, turn: turn ?? null, abortSignal }).chunks
  }
}

type Decision = { id: string; approved: boolean; reason?: string | undefined }

/** The decisions of this user that a message carries, which `addToolApprovalResponse` put there. */
function decisionsIn({ parts }: UIMessage): Decision[] {
  return parts.flatMap(part => {
    if (part.type !== 'dynamic-tool' || part.state !== 'approval-responded') return []
    const { id, approved, reason } = part.approval
    return [{ id, approved, reason }]
  })
}

function textOf({ parts }: UIMessage): string {
  return parts.map(part => (part.type === 'text' ? part.text : '')).join('')
}

/** Resolves once the channel has been welcomed, or cannot be. */
async function connected(channel: Channel): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const check = () => {
    const { phase, reason } = channel.state.connection
    if (channel.state.epoch !== null) resolve()
    else if (phase === 'ended' || phase === 'signed_out') reject(new CirclesError(phase, reason?.message ?? ''))
  }
  const unsubscribe = channel.subscribe(check)
  check()
  await promise.finally(unsubscribe)
}
