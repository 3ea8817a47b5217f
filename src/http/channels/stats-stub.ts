import type { Env } from '../../env.ts'
import type { DeploymentStats } from '../../protocol/stats.ts'
import { type Failure, failure } from '../errors.ts'

/** The object that knows what all channels counted, as the Worker sees it. */
export type StatsObject = {
  snapshot(): Promise<DeploymentStats>
  fetch(request: Request): Promise<Response>
}

export function statsObject({ STATS }: Env): StatsObject | Failure {
  if (STATS === undefined) return failure('unavailable', 'Nothing counts here: bind STATS to StatsObject.')
  // The binding's type does not know its class.
  return STATS.getByName('stats') as unknown as StatsObject
}
