import type * as z from 'zod/v4'
import type { HttpContext } from '../http/context.ts'
import type { Failure } from '../http/errors.ts'
import type { HttpErrorBody } from '../protocol/errors.ts'

/** A tool of the server. `reads`: it changes nothing. It returns JSON, or the refusal as HTTP has it. */
export type Tool<Input extends z.ZodObject = z.ZodObject> = {
  title: string
  description: string
  input: Input
  reads: boolean
  run(context: HttpContext, input: z.output<Input>, signal: AbortSignal): Promise<object | Failure>
}

/** Declares a tool; `run` gets the input as its schema has it. */
export function tool<Input extends z.ZodObject>(definition: Tool<Input>): Tool<Input> {
  return definition
}

/** Returns whether a value is a refusal. */
export function isFailure(value: object): value is Failure {
  return value instanceof Response
}

/** The refusal as a sentence with its code. */
export async function messageOf(refusal: Failure): Promise<string> {
  const { error } = await (refusal as Response).json<HttpErrorBody>()
  const wait = refusal.headers.get('retry-after')
  return `${error.code}: ${error.message}${wait === null ? '' : ` Try again in ${wait} s.`}`
}
