import { setTimeout as wait } from 'node:timers/promises'
import * as z from 'zod/v4'
import type { Publication } from '../../protocol/commands/publish-schema.ts'
import { ApiError, type ApiTarget, apiPost, readJson } from '../api-client.ts'
import { CliError } from '../exit-codes.ts'

const publishResponse = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      error: z.object({ code: z.string(), message: z.string() }).optional(),
    }),
  ),
})

/** Where to publish, and who to inform about problems. */
type PublishOptions = {
  server: ApiTarget
  workspace: string
  signal: AbortSignal
  onRetry(reason: string, ms: number): void // the server is not reachable now
  onRefused(publication: Publication, reason: string): void // the server will never take this one
}

const backoffMs = 1_000
const backoffMaxMs = 60_000

/** Publishes a batch of events to a workspace, and retries until the server has taken them. */
export async function publishEvents(options: PublishOptions, batch: readonly Publication[]): Promise<void> {
  let remaining = batch
  for (let failures = 0; remaining.length > 0; failures++) {
    try {
      remaining = await attempt(options, remaining)
      if (remaining.length > 0) throw new ApiError(503, 'The server could not store all of it.')
    } catch (error) {
      if (!(error instanceof ApiError) || !error.isTransient) throw error
      // Full jitter, so that an office whose network comes back does not retry all at once.
      const bound = Math.min(backoffMaxMs, backoffMs * 2 ** Math.min(failures, 10))
      const ms = error.retryAfterMs ?? Math.round(Math.random() * bound)
      options.onRetry(error.message, ms)
      await wait(ms, undefined, { signal: options.signal })
    }
  }
}

/** Publishes once. Returns the events to retry. */
async function attempt({ server, workspace, signal, onRefused }: PublishOptions, batch: readonly Publication[]) {
  const events = batch.map(({ id, type, data }) => ({ id, type: `workspace.${type}`, workspace_id: workspace, data }))
  const response = await apiPost(server, 'api/events', events, signal)
  const { results } = await readJson(response, publishResponse)
  const errors = new Map(results.flatMap(({ id, error }) => (error ? [[id, error] as const] : [])))
  for (const { code, message } of errors.values()) {
    if (forbiddenCodes.has(code))
      throw new CliError('forbidden', `The server refused to publish to workspace:${workspace}: ${message}.`)
  }
  const transient = batch.filter(({ id }) => transientCodes.has(errors.get(id)?.code ?? ''))
  for (const publication of batch) {
    const error = errors.get(publication.id)
    if (error && !transientCodes.has(error.code)) onRefused(publication, error.message)
  }
  return transient
}

const forbiddenCodes: ReadonlySet<string> = new Set(['forbidden', 'read_only', 'paused', 'banned'])
const transientCodes: ReadonlySet<string> = new Set(['internal', 'unavailable', 'rate_limited'])
