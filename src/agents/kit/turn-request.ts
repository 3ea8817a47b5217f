import type { TurnMessage, TurnRequest as TurnRequestOnWire } from '../../protocol/turns.ts'

/** A turn as the kit hands it to an agent: the request on the wire, whose `asked` is called `message` here. */
export type TurnRequest = Omit<TurnRequestOnWire, 'asked'> & {
  /** The message that prompts the agent, with its author and how far to trust it. */
  message: TurnMessage
}

/** Converts a request from the wire. Keys that this version does not know are kept. */
export function fromWire({ asked, ...rest }: TurnRequestOnWire): TurnRequest {
  return { ...rest, message: asked }
}
