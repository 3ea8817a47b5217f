import { namedUuid } from '../../lib/ids.ts'
import type { Settings } from '../members/settings.ts'

/**
 * The id of the memory a message belongs to; the wire calls it `session_id`. One person, or one platform, keeps it. It
 * is derived, so that no row remembers it.
 */
export function memoryIdOf({ epoch }: Settings, userId: string, source: string | undefined): string {
  return namedUuid(`${epoch}\n${source === undefined ? `user:${userId}` : `source:${source}`}`)
}
