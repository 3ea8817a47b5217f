import type { ToolChunk, UiChunk } from './ui-chunk.ts'

/** A part of a message of the AI SDK, as far as it is sent back to the server that made it. */
export type UiPart =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string; providerMetadata?: unknown }
  | { type: 'step-start' }
  | UiToolPart

/** A call of a tool. Its type is `dynamic-tool`, or `tool-` and the tool's name. */
export type UiToolPart = {
  type: 'dynamic-tool' | `tool-${string}`
  toolCallId: string
  toolName?: string // of a dynamic tool
  state: string
  input: unknown
  output?: unknown
  errorText?: string
  approval?: { id: string; approved?: boolean; reason?: string; isAutomatic?: true }
}

/** A message of the AI SDK while it arrives, over all responses of one turn. */
export class UiMessage {
  readonly parts: UiPart[]
  readonly #open = new Map<string, Extract<UiPart, { text: string }>>() // by kind and id

  constructor(parts: readonly UiPart[]) {
    this.parts = structuredClone([...parts])
  }

  /** The calls that wait for people. */
  get pending(): UiToolPart[] {
    return this.#tools.filter(({ state, approval }) => state === 'approval-requested' && approval?.isAutomatic !== true)
  }

  /** Takes a chunk. */
  take(chunk: UiChunk): void {
    if (chunk.type === 'text-delta') this.#write('text', chunk.id, chunk.delta)
    else if (chunk.type === 'reasoning-delta' || chunk.type === 'reasoning-end') this.#think(chunk)
    else if (chunk.type === 'start-step') this.parts.push({ type: 'step-start' })
    else if (chunk.type.startsWith('tool-')) this.#takeTool(chunk as ToolChunk)
  }

  get #tools(): UiToolPart[] {
    return this.parts.filter(part => 'toolCallId' in part)
  }

  #write(type: 'text' | 'reasoning', id: string, delta: string) {
    const key = `${type} ${id}`
    const known = this.#open.get(key)
    const part = known ?? { type, text: '' }
    if (known === undefined) this.parts.push(part)
    this.#open.set(key, part)
    part.text += delta
    return part
  }

  #think(chunk: Extract<UiChunk, { type: 'reasoning-delta' | 'reasoning-end' }>): void {
    const part = this.#write('reasoning', chunk.id, 'delta' in chunk ? chunk.delta : '')
    if (chunk.providerMetadata !== undefined) Object.assign(part, { providerMetadata: chunk.providerMetadata })
  }

  #takeTool(chunk: ToolChunk): void {
    if (chunk.type === 'tool-input-available' || chunk.type === 'tool-input-error') this.#call(chunk)
    else if (chunk.type !== 'tool-input-start') this.#change(chunk)
  }

  #change(chunk: ChangeChunk): void {
    const part = this.#tools.findLast(tool =>
      'toolCallId' in chunk ? tool.toolCallId === chunk.toolCallId : tool.approval?.id === chunk.approvalId,
    )
    if (part !== undefined) Object.assign(part, changeOf(chunk, part))
  }

  #call({ type, toolName, dynamic, providerMetadata, ...call }: CallChunk): void {
    const isError = type === 'tool-input-error'
    const part = {
      ...(dynamic === true ? { type: 'dynamic-tool', toolName } : { type: `tool-${toolName}` }),
      ...call,
      state: isError ? 'output-error' : 'input-available',
      ...(providerMetadata !== undefined && { callProviderMetadata: providerMetadata }),
    } as UiToolPart
    const known = this.#tools.findLast(({ toolCallId }) => toolCallId === call.toolCallId)
    if (known === undefined) this.parts.push(part)
    else Object.assign(known, part)
  }
}

/** The name of a tool that is called. */
export function toolNameOf({ type, toolName }: UiToolPart): string {
  return toolName ?? type.slice('tool-'.length)
}

type CallChunk = Extract<ToolChunk, { type: 'tool-input-available' | 'tool-input-error' }>
type ChangeChunk = Exclude<ToolChunk, CallChunk | { type: 'tool-input-start' }>

/** What a chunk changes about the call of a tool. */
function changeOf(chunk: ChangeChunk, { approval }: UiToolPart): object {
  switch (chunk.type) {
    case 'tool-approval-request': {
      const { type: _, toolCallId: __, approvalId: id, approvalDescriptor, reason, ...rest } = chunk
      const asked = { ...rest, id, ...(reason !== undefined && { requestReason: reason }) }
      const described = approvalDescriptor === undefined ? {} : { descriptor: approvalDescriptor }
      return { state: 'approval-requested', approval: { ...asked, ...described } }
    }
    case 'tool-approval-response': {
      const { approvalId: id, approved, reason } = chunk
      const answered = { ...approval, id, approved, ...(reason !== undefined && { reason }) }
      return { state: 'approval-responded', approval: answered }
    }
    case 'tool-output-available': {
      const { output, preliminary, providerMetadata } = chunk
      if (preliminary === true) return {}
      const metadata = providerMetadata === undefined ? {} : { resultProviderMetadata: providerMetadata }
      return { state: 'output-available', output, ...metadata }
    }
    case 'tool-output-error':
      return { state: 'output-error', errorText: chunk.errorText }
    case 'tool-output-denied':
      return { state: 'output-denied' }
    default:
      return chunk satisfies never
  }
}
