import { namedUuid } from '../../lib/ids.ts'
import type { Settings } from '../members/settings.ts'

/**
 * The id of the memory a message belongs to; the wire calls it `session_id`. Each person has one in a channel, and each
 * platform. It is derived, so it needs no row.
 */
export function memoryIdOf({ epoch }: Settings, userId: string, source: string | undefined): string {
  return namedUuid(`${epoch}\n${source === undefined ? `user:${userId}` : `source:${source}`}`)
}
