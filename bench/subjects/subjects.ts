import { circles } from './circles.ts'
import { durableObjects } from './durable-objects.ts'
import { programs } from './programs.ts'
import type { Subject } from './subject.ts'

/** All subjects, in the order of the tables. */
export const subjects: readonly Subject[] = [...circles, ...durableObjects, ...programs]

/** The subjects that run by default: without those behind `wrangler dev`, which would double the time. */
export const defaultSubjects = subjects.filter(({ name }) => !name.endsWith('/dev')).map(({ name }) => name)
