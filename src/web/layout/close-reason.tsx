import type { Connection } from '../../client/client.ts'
import { closeText } from './close-text.ts'

/** Says why a channel cannot be reached. */
export function CloseReason({ reason }: { reason: Connection['reason'] }) {
  return <>{closeText(reason)}</>
}
