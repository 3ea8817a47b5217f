import { circles } from './circles.ts'
import { durableObjects } from './durable-objects.ts'
import { programs } from './programs.ts'
import type { Contestant } from './subject.ts'

/** Everybody who can take part, in the order of the tables. */
export const contestants: readonly Contestant[] = [...circles, ...durableObjects, ...programs]

/** Who takes part unless somebody else is asked for: not those behind `wrangler dev`, which doubles the time. */
export const usual = contestants.filter(({ name }) => !name.endsWith('/dev')).map(({ name }) => name)
