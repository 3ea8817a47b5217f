import type { ModelMessage, ToolModelMessage, ToolSet } from 'ai'
import { isApprovalData } from '../../protocol/turn-limits.ts'
import type { ToolCall } from './model-call.ts'
import type { Reply } from './reply.ts'

/** What a tool runs in: the reply of the turn, and the messages that led to its call. */
type ToolContext = { reply: Reply; messages: ModelMessage[] }
type Output = Extract<ToolModelMessage['content'][number], { type: 'tool-result' }>['output']

const longestOutput = 32_768 // characters of JSON, of which a turn stores at most 256 KiB

/** Returns tools as a model is told of them. What runs them, and who is asked, stays here. */
export function withoutExecution(tools: ToolSet): ToolSet {
  const described = Object.entries(tools).map(([name, { execute: _, needsApproval: __, ...tool }]) => [name, tool])
  return Object.fromEntries(described) as ToolSet
}

/** Runs the tools that a model called, one after the other, and returns their results as the model's next message. */
export async function runTools(tools: ToolSet, calls: ToolCall[], context: ToolContext): Promise<ToolModelMessage> {
  const content: ToolModelMessage['content'] = []
  for (const call of calls) {
    const output = await runTool(tools, call, context)
    content.push({ type: 'tool-result', toolCallId: call.id, toolName: call.name, output })
  }
  return { role: 'tool', content }
}

async function runTool(tools: ToolSet, call: ToolCall, context: ToolContext): Promise<Output> {
  const { id, name, problem } = call
  if (problem !== undefined) return { type: 'error-text', value: problem }
  const { reply } = context
  let { input } = call
  if (await needsApproval(tools, call, context)) {
    const data = { tool: name, input }
    if (!isApprovalData(data)) return { type: 'error-text', value: 'The input is too large to be shown for approval.' }
    const decision = await reply.ask(`Run ${name}?`, { key: id, data })
    if (!decision.approved) return { type: 'execution-denied', ...(decision.note && { reason: decision.note }) }
    input = decision.data.input
  }
  await reply.status('tool', name)
  return reply.step(`run ${name}`.slice(0, 200), () => execute(tools, { ...call, input }, context))
}

/** Whether people are asked: decided once for each call, so that a decision cannot be passed by. */
async function needsApproval(tools: ToolSet, { id, name, input }: ToolCall, context: ToolContext): Promise<boolean> {
  const needs = tools[name]?.needsApproval ?? false
  if (typeof needs === 'boolean') return needs
  const { reply, messages } = context
  const options = { toolCallId: id, messages, context: undefined as never }
  return reply.step(`ask before ${name}`.slice(0, 200), async () => (await needs(input as never, options)) === true)
}

/** Runs a tool. That it failed is a result, which the model reads, unless the turn was stopped. */
async function execute(
  tools: ToolSet,
  { id, name, input }: ToolCall,
  { reply, messages }: ToolContext,
): Promise<Output> {
  const run = tools[name]?.execute
  if (run === undefined) return { type: 'error-text', value: 'This tool cannot be run here.' }
  try {
    const options = { toolCallId: id, messages, abortSignal: reply.signal, context: undefined as never }
    return outputOf(await lastOf(await run(input as never, options)))
  } catch (error) {
    if (reply.signal.aborted) throw error
    return { type: 'error-text', value: (error instanceof Error ? error.message : String(error)).slice(0, 1_000) }
  }
}

/** A tool that sends what it has so far sends its result last. */
async function lastOf(result: unknown): Promise<unknown> {
  if (typeof result !== 'object' || result === null || !(Symbol.asyncIterator in result)) return result
  let last: unknown
  for await (const value of result as AsyncIterable<unknown>) last = value
  return last
}

function outputOf(result: unknown): Output {
  const json = JSON.stringify(result ?? null) ?? 'null'
  if (json.length > longestOutput) return { type: 'text', value: `${json.slice(0, longestOutput)}…` }
  return typeof result === 'string' ? { type: 'text', value: result } : { type: 'json', value: JSON.parse(json) }
}
