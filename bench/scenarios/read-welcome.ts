import type { Crowd } from '../load/client-group.ts'

/** What Circles told the first of a crowd when it came. */
export function welcomeOf(crowd: Crowd): { epoch: string; head: number } {
  return JSON.parse(crowd.members[0]?.welcome ?? '{}').data
}
