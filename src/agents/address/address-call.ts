import type { ModelActivity } from '../kit/model-activity.ts'
import type { Persona } from '../kit/prompt.ts'
import type { Reply } from '../kit/reply.ts'
import type { TurnRequest } from '../kit/turn-request.ts'

/** One call of an agent at an address. */
export type AddressCall = {
  request: TurnRequest
  reply: Reply
  persona: Persona
  observes: boolean // it may say nothing
  signal: AbortSignal // of the call: it was stopped, or its server is silent
  activity: ModelActivity // of the line
}

/** The headers of a request to an address. */
export function headersOf(apiKey: string | undefined): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: 'text/event-stream',
    'user-agent': 'circles-agent/1',
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
  }
}
