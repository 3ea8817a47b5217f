import type { Refusal } from '../../protocol/errors.ts'
import { commandFailure } from '../commands/response.ts'
import { callerHeader, refusedHeader } from '../sessions/caller-context.ts'

/** A refusal of a request to the circle's own code, for the Worker to answer with. */
export function refusalOf(refusal: Refusal): Response {
  return Response.json(refusal, { headers: { [refusedHeader]: refusal.code } })
}

/** The request as the circle's own code gets it: without the header by which the Worker names its caller. */
export function withoutCaller(request: Request): Request {
  const headers = new Headers(request.headers)
  headers.delete(callerHeader)
  return new Request(request, { headers })
}

/** The response of the circle's own code. What it throws is logged. */
export async function answerBy(
  answer: () => Response | Promise<Response>,
  metrics: { failed(error: unknown): void },
): Promise<Response> {
  try {
    return await answer()
  } catch (error) {
    metrics.failed(error)
    return refusalOf(commandFailure)
  }
}
