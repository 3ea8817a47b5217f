import type { AgentBinding } from '../../env.ts'
import type { ApprovalAsk, TurnRequest as TurnRequestOnWire } from '../../protocol/turns.ts'
import { type AgentClass, type RunOptions, runTurn, type TurnResult } from './testing-run-turn.ts'

// The names that `circles-rooms/agent/testing` had in 0.1. They work until 0.2, which deletes this file.

/** @deprecated Use `RunOptions`. */
export type Given<Env> = Omit<RunOptions<Env>, 'request'> & { request?: Partial<TurnRequestOnWire> }

/** @deprecated Use `TurnResult`. */
export type Told = Omit<TurnResult, 'approvals'> & { asked: ApprovalAsk[] }

/** @deprecated Use `runTurn`. */
export async function askAgent<Env>(
  agent: AgentClass<Env> | Pick<AgentBinding, 'turn'>,
  content: string,
  { request: { asked, ...request } = {}, ...options }: Given<Env> = {},
): Promise<Told> {
  const { approvals, ...result } = await runTurn(agent, content, {
    ...options,
    request: { ...request, ...(asked && { message: asked }) },
  })
  return { ...result, asked: approvals }
}
