import * as z from 'zod/v4'

// The chunks of the AI SDK's UI message stream that count for a reply. All others are left out.

const id = z.string().min(1).max(1_000)
const metadata = z.unknown().optional()
const tool = {
  toolCallId: id,
  toolName: z.string().min(1).max(1_000),
  input: z.unknown(),
  dynamic: z.boolean().optional(),
  providerExecuted: z.boolean().optional(),
  providerMetadata: metadata,
  toolMetadata: metadata,
  title: z.string().optional(),
}

const schemas = {
  'text-delta': z.object({ type: z.literal('text-delta'), id, delta: z.string(), providerMetadata: metadata }),
  'reasoning-delta': z.object({
    type: z.literal('reasoning-delta'),
    id,
    delta: z.string(),
    providerMetadata: metadata,
  }),
  'reasoning-end': z.object({ type: z.literal('reasoning-end'), id, providerMetadata: metadata }),
  'tool-input-start': z.object({ type: z.literal('tool-input-start'), toolName: tool.toolName }),
  'tool-input-available': z.object({ type: z.literal('tool-input-available'), ...tool }),
  'tool-input-error': z.object({ type: z.literal('tool-input-error'), ...tool, errorText: z.string() }),
  'tool-approval-request': z.object({
    type: z.literal('tool-approval-request'),
    approvalId: id,
    toolCallId: id,
    approvalDescriptor: z.unknown().optional(),
    inputSchemaInput: z.unknown().optional(),
    reason: z.string().optional(),
    isAutomatic: z.boolean().optional(),
    signature: z.string().optional(),
  }),
  'tool-approval-response': z.object({
    type: z.literal('tool-approval-response'),
    approvalId: id,
    approved: z.boolean(),
    reason: z.string().optional(),
  }),
  'tool-output-available': z.object({
    type: z.literal('tool-output-available'),
    toolCallId: id,
    output: z.unknown(),
    preliminary: z.boolean().optional(),
    providerMetadata: metadata,
  }),
  'tool-output-error': z.object({ type: z.literal('tool-output-error'), toolCallId: id, errorText: z.string() }),
  'tool-output-denied': z.object({ type: z.literal('tool-output-denied'), toolCallId: id }),
  'start-step': z.object({ type: z.literal('start-step') }),
  'reset-step': z.object({ type: z.literal('reset-step') }),
  'message-metadata': z.object({ type: z.literal('message-metadata'), messageMetadata: metadata }),
  finish: z.object({ type: z.literal('finish'), finishReason: z.string().optional(), messageMetadata: metadata }),
  error: z.object({ type: z.literal('error'), errorText: z.string() }),
  abort: z.object({ type: z.literal('abort'), reason: z.string().optional() }),
} as const

const known: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(schemas))

/** A chunk that counts. */
export type UiChunk = z.infer<(typeof schemas)[keyof typeof schemas]>

/** A chunk with something about a tool. */
export type ToolChunk = Extract<UiChunk, { type: `tool-${string}` }>

/** Reads a chunk; null: it does not count; undefined: it is none. */
export function readUiChunk(text: string): UiChunk | null | undefined {
  const value = parse(text)
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string')
    return undefined
  const schema = known.get(value.type)
  return schema === undefined ? null : (schema.safeParse(value).data as UiChunk | undefined)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // JSON has no undefined
  }
}
