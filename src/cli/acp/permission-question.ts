import { createHash } from 'node:crypto'
import type { ToolCallUpdate } from '@agentclientprotocol/sdk'
import type { AskOptions } from '../../agents/kit/reply.ts'
import { isApprovalData } from '../../protocol/turn-limits.ts'

const shownStart = 1_500 // characters of what is too long to be shown

/**
 * What people are asked when a program wants to use a tool: its call is the key, and its input the data, so that a decision
 * is good for exactly this. Of an input that is too long, people see the beginning and the SHA-256.
 */
export function questionOf(call: ToolCallUpdate): { description: string; options: AskOptions } {
  const { toolCallId, title, kind, rawInput, content, locations } = call
  const files = (locations ?? []).map(({ path }) => path)
  const input = rawInput ?? content ?? null
  const data = { tool: title ?? kind ?? 'a tool', ...(files.length > 0 && { files }), input }
  return {
    description: `Allow: ${title ?? kind ?? 'the use of a tool'}`.slice(0, 900),
    options: { key: toolCallId.slice(0, 200), data: isApprovalData(data) ? data : shortened(data.tool, input) },
  }
}

function shortened(tool: string, input: unknown): object {
  const text = JSON.stringify(input)
  const sha256 = createHash('sha256').update(text).digest('hex')
  return {
    tool: tool.slice(0, 200),
    input_begins: text.slice(0, shownStart).toWellFormed(),
    input_characters: text.length,
    input_sha256: sha256,
  }
}
