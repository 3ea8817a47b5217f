import type { CircleProtocol } from '../protocol/define-protocol.ts'
import type { LoggedEvent } from '../protocol/events/events.ts'
import type { RoomContext } from '../rooms/context.ts'
import { nothing } from '../rooms/outcome.ts'
import { AfterEvent } from './after-event.ts'
import type { CircleDefinition } from './definition.ts'
import { OwnCode, type OwnCodePorts } from './own-code.ts'
import { Refused } from './refuse.ts'

type Handler = NonNullable<CircleDefinition<CircleProtocol>['afterEvent']>

/** What the handler of events needs of its object, besides what all code does: the circle as it is now, or null if it was deleted. */
export type HandleEventsPorts = OwnCodePorts & { current(): { context: RoomContext; now: number } | null }

/**
 * Runs a handler after an event and after those that follow, one at a time, until there are no more, or it fails. It also
 * ends when the circle was deleted, or opened anew, which begins again at the stored cursor.
 */
export async function handleEvents(
  handler: Handler,
  first: LoggedEvent,
  { context, ports }: { context: RoomContext; ports: HandleEventsPorts },
): Promise<void> {
  const { room } = context.components.get(OwnCode)
  const follower = context.components.get(AfterEvent)
  for (let event: LoggedEvent | null = first; event !== null; ) {
    const seq: number = event.seq
    try {
      const result: unknown = await handler(room, event)
      if (result instanceof Refused) throw result
    } catch (error) {
      ports.onFault(error)
      return failed(seq, String(error), { context, ports })
    }
    const current = ports.current()
    event = current?.context === context ? follower.next(seq, current.now) : null
  }
}

function failed(
  seq: number,
  error: string,
  { context, ports }: { context: RoomContext; ports: HandleEventsPorts },
): void {
  ports.run((current, now) => {
    if (current === context && context.components.get(AfterEvent).failed(seq, error, now))
      ports.onFault(new Error(`hook_failed: afterEvent failed for a day on seq ${seq}: passed over`))
    return nothing
  })
}
