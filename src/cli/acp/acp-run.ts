import type {
  PromptResponse,
  RequestPermissionRequest,
  RequestPermissionResponse,
  SessionUpdate,
  ToolCallUpdate,
} from '@agentclientprotocol/sdk'

/** A permission that the program waits for. */
type Permission = { request: RequestPermissionRequest; respond(response: RequestPermissionResponse): void }

/**
 * One prompt of an ACP program, from its start to its end. It goes on between the calls of its turn: while people decide,
 * the program waits.
 */
export class AcpRun {
  readonly session: string
  text = ''
  status: { state: 'thinking' | 'tool'; tool: string | undefined } | null = null
  permission: Permission | null = null
  /** How it ended; null: it runs. */
  end: { response: PromptResponse } | { error: unknown } | null = null
  readonly #tools = new Map<string, ToolCallUpdate>()
  #changed = Promise.withResolvers<void>()

  constructor(session: string) {
    this.session = session
  }

  /** Fulfilled at the next change. */
  get changed(): Promise<void> {
    return this.#changed.promise
  }

  /** Takes what the program reports. */
  update(update: SessionUpdate): void {
    if (update.sessionUpdate === 'agent_message_chunk' && update.content.type === 'text')
      this.text += update.content.text
    if (update.sessionUpdate === 'agent_thought_chunk') this.status = { state: 'thinking', tool: undefined }
    if (update.sessionUpdate === 'tool_call' || update.sessionUpdate === 'tool_call_update') this.#tool(update)
    this.#notify()
  }

  /** The program asks for permission. One that is asked for while another waits is refused. */
  ask(request: RequestPermissionRequest): Promise<RequestPermissionResponse> {
    if (this.permission !== null || this.end !== null) return Promise.resolve(cancelled)
    const { promise, resolve } = Promise.withResolvers<RequestPermissionResponse>()
    const known = this.#tools.get(request.toolCall.toolCallId)
    this.permission = { request: { ...request, toolCall: { ...known, ...request.toolCall } }, respond: resolve }
    this.#notify()
    return promise
  }

  /** Answers the permission that the program waits for: for this one time. What cannot be answered so is refused. */
  decide(isApproved: boolean): void {
    const { permission } = this
    this.permission = null
    const wanted = isApproved ? 'allow_once' : 'reject_once'
    const option = permission?.request.options.find(({ kind }) => kind === wanted)
    permission?.respond(
      option === undefined ? cancelled : { outcome: { outcome: 'selected', optionId: option.optionId } },
    )
  }

  /** It is over. */
  finish(end: { response: PromptResponse } | { error: unknown }): void {
    this.end ??= end
    this.permission?.respond(cancelled)
    this.permission = null
    this.#notify()
  }

  #tool(call: ToolCallUpdate): void {
    const known = { ...this.#tools.get(call.toolCallId), ...call }
    this.#tools.set(call.toolCallId, known)
    this.status = { state: 'tool', tool: known.title ?? known.kind ?? undefined }
  }

  #notify(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}

const cancelled: RequestPermissionResponse = { outcome: { outcome: 'cancelled' } }
