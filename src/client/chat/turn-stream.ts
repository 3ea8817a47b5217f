import type { UIMessageChunk } from 'ai'
import type { Channel } from '../channel.ts'
import type { ChannelState } from '../state/state.ts'

/** Which reply is read: of an agent to a message, or of a turn that goes on after an approval. */
type Source = { agent: string; prompt: number | null; turn: string | null; abortSignal: AbortSignal | undefined }
type Requested = Extract<ChannelState['entries'][number]['event'], { type: 'approval_requested' }>['data']

/** The reply of an agent as the chunks of the AI SDK, made from the state of its channel. */
export class TurnStream {
  readonly chunks: ReadableStream<UIMessageChunk>
  readonly #channel: Channel
  readonly #source: Source
  #controller: ReadableStreamDefaultController<UIMessageChunk> | null = null
  #release = () => {}
  #turn: string | null
  #text = '' // what the present text part holds
  #part = 0

  constructor(channel: Channel, source: Source) {
    this.#channel = channel
    this.#source = source
    this.#turn = source.turn
    this.chunks = new ReadableStream({
      start: controller => this.#start(controller),
      cancel: () => this.#release(),
    })
  }

  #start(controller: ReadableStreamDefaultController<UIMessageChunk>): void {
    this.#controller = controller
    this.#send({ type: 'start', ...(this.#source.turn === null && { messageId: `reply-${this.#source.prompt}` }) })
    this.#send({ type: 'start-step' })
    if (this.#source.turn !== null) this.#reset() // the text before the approval comes again
    const unsubscribe = this.#channel.subscribe(() => this.#read())
    const onAbort = () => this.#stop()
    this.#source.abortSignal?.addEventListener('abort', onAbort)
    this.#release = () => {
      unsubscribe()
      this.#source.abortSignal?.removeEventListener('abort', onAbort)
      this.#controller = null
    }
    this.#read()
  }

  #read(): void {
    if (this.#controller === null) return
    const { state } = this.#channel
    const running = state.turns.find(turn => this.#isMine(turn))
    if (running !== undefined) {
      this.#turn = running.turn
      this.#show(running.text)
    }
    for (const entry of state.entries) if (this.#endWith(entry)) return
  }

  /** Ends the stream if an entry is the reply, its failure, or an approval that the turn waits for. */
  #endWith({ event, content, decision }: ChannelState['entries'][number]): boolean {
    if (event.type === 'agent_message' && this.#isMine(event.data)) this.#finish(content)
    else if (event.type === 'turn_failed' && this.#isMine(event.data)) this.#fail(event.data.message)
    else if (event.type === 'approval_requested' && event.data.turn === this.#turn && decision === null)
      this.#ask(event.data)
    else return false
    return true
  }

  #isMine(reply: { turn: string; agent_id: string; in_reply_to?: number | undefined }): boolean {
    if (this.#turn !== null) return reply.turn === this.#turn
    return reply.agent_id === this.#source.agent && reply.in_reply_to === this.#source.prompt
  }

  /** Sends what a text has beyond what was sent. Another text, that of another attempt, starts anew. */
  #show(text: string): void {
    if (!text.startsWith(this.#text)) this.#reset()
    const rest = text.slice(this.#text.length)
    if (rest === '') return
    if (this.#text === '') this.#send({ type: 'text-start', id: this.#textId() })
    this.#send({ type: 'text-delta', id: this.#textId(), delta: rest })
    this.#text = text
  }

  /** Voids the text so far: `currentParts` leaves it out. */
  #reset(): void {
    this.#endText()
    this.#send({ type: 'data-reset', data: {} })
  }

  #endText(): void {
    if (this.#text !== '') this.#send({ type: 'text-end', id: this.#textId() })
    this.#text = ''
    this.#part += 1
  }

  #textId(): string {
    return `text-${this.#part}`
  }

  #finish(content: string): void {
    this.#show(content)
    this.#end()
  }

  #fail(errorText: string): void {
    this.#endText()
    this.#send({ type: 'error', errorText })
    this.#close()
  }

  /** Shows what the agent asks for. The chat ends here, until somebody decides. */
  #ask({ approval, key, description, data }: Requested): void {
    const { tool = 'approval', input = data ?? { description } } = isToolCall(data) ? data : {}
    const toolCallId = key ?? approval
    this.#endText()
    const title = description
    this.#send({ type: 'tool-input-available', toolCallId, toolName: tool, input, dynamic: true, title })
    this.#send({ type: 'tool-approval-request', approvalId: approval, toolCallId })
    this.#end()
  }

  #stop(): void {
    if (this.#turn !== null) this.#channel.stopTurn(this.#turn).catch(ignoreEndedTurn)
    this.#send({ type: 'abort' })
    this.#close()
  }

  #end(): void {
    this.#endText()
    this.#send({ type: 'finish-step' })
    this.#send({ type: 'finish' })
    this.#close()
  }

  #close(): void {
    const controller = this.#controller
    this.#release()
    controller?.close()
  }

  #send(chunk: UIMessageChunk): void {
    this.#controller?.enqueue(chunk)
  }
}

/** The data that an agent with the kit for models shows: a tool and its input. */
function isToolCall(data: unknown): data is { tool: string; input: unknown } {
  return typeof data === 'object' && data !== null && 'input' in data && 'tool' in data && typeof data.tool === 'string'
}

function ignoreEndedTurn() {} // it ended while it was being stopped
