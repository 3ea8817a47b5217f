import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import type { Publication } from '../../protocol/publish-schema.ts'
import { type ApiTarget, apiPost, Refused } from '../api-client.ts'
import { CliError } from '../exit-codes.ts'

const answer = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      error: z.object({ code: z.string(), message: z.string() }).optional(),
    }),
  ),
})

export type BusOptions = {
  server: ApiTarget
  workspace: string
  signal: AbortSignal
  waits(why: string, ms: number): void // the server cannot be reached just now
  refused(publication: Publication, why: string): void // the server will never take this one
}

const firstPauseMs = 1_000
const longestPauseMs = 60_000

/** Brings a batch to the event bus, however long that takes: offline is no reason to lose it. */
export async function publishEvents(options: BusOptions, batch: readonly Publication[]): Promise<void> {
  let left = batch
  for (let failures = 0; left.length > 0; failures++) {
    try {
      left = await attempt(options, left)
      if (left.length > 0) throw new Refused(503, 'The server could not store all of it.')
    } catch (error) {
      if (!(error instanceof Refused) || !error.isPassing) throw error
      // Full jitter: a whole office that lost its network must not come back as one.
      const bound = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 10))
      const ms = error.retryAfterMs ?? Math.round(Math.random() * bound)
      options.waits(error.message, ms)
      await wait(ms, undefined, { signal: options.signal })
    }
  }
}

/** Publishes once; gives back what is to be tried again. */
async function attempt({ server, workspace, signal, refused }: BusOptions, batch: readonly Publication[]) {
  const events = batch.map(({ id, type, data }) => ({ id, type: `workspace.${type}`, workspace_id: workspace, data }))
  const response = await apiPost(server, 'api/events', events, signal)
  const { results } = answer.parse(await response.json())
  const errors = new Map(results.flatMap(({ id, error }) => (error ? [[id, error] as const] : [])))
  for (const { code, message } of errors.values()) {
    if (noRights.has(code)) throw new CliError('forbidden', `workspace:${workspace}: ${message}.`)
  }
  const again = batch.filter(({ id }) => passing.has(errors.get(id)?.code ?? ''))
  for (const publication of batch) {
    const error = errors.get(publication.id)
    if (error && !passing.has(error.code)) refused(publication, error.message)
  }
  return again
}

const noRights: ReadonlySet<string> = new Set(['forbidden', 'read_only', 'paused', 'banned'])
const passing: ReadonlySet<string> = new Set(['internal', 'unavailable', 'rate_limited'])
