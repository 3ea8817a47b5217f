import type { Env } from '../../env.ts'
import { type StatsStub, statsStub } from '../../stubs.ts'
import { type Failure, failure } from '../errors.ts'

/** The stub of the statistics object, or the refusal of a deployment that has none. */
export function requireStats(env: Env): StatsStub | Failure {
  return statsStub(env) ?? failure('not_implemented', 'This deployment has no statistics: bind STATS.')
}
