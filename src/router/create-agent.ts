import type { Context } from 'hono'
import { type ContextLogger, createContextLogger } from './context-logger.ts'

/** What the handler of an agent is given beside its input. */
export type AgentContext = { logger: ContextLogger } // each line of its log carries the agent's name

/** A function with a name, which a route calls as it would a bound agent. */
export type FunctionAgent<Input, Output> = {
  readonly name: string
  /** Calls the handler. Rejects with what it throws. */
  run(input: Input): Promise<Output>
}

/** An input that the handler gave no type: of any type, as a variable of a context that nobody declared. */
export type OpenInput = Context['var'][string]

/** Makes an agent out of a handler, for the routes of this Worker: it has no memory and no circle. */
export function createAgent<Output, Input = OpenInput>(
  name: string,
  { handler }: { handler: (context: AgentContext, input: Input) => Output | Promise<Output> },
): FunctionAgent<Input, Output> {
  const context = { logger: createContextLogger({ agent: name }) }
  return { name, run: async input => handler(context, input) }
}
