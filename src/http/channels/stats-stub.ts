import type { Env } from '../../env.ts'
import { type StatsStub, statsStub } from '../../stubs.ts'
import { type Failure, failure } from '../errors.ts'

/** The object with the figures of all channels, or the failure that the deployment has none. */
export function statsObject(env: Env): StatsStub | Failure {
  return statsStub(env) ?? failure('unavailable', 'There are no figures here: bind STATS to StatsObject.')
}
