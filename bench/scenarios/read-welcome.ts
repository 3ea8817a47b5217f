import type { ClientGroup } from '../load/client-group.ts'

/** Returns the data of the welcome frame that Circles sent to the first client of a group. */
export function readWelcome(group: ClientGroup): { epoch: string; head: number } {
  return JSON.parse(group.clients[0]?.welcome ?? '{}').data
}
