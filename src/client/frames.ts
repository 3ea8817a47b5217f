import type { CommandData, CommandType } from '../protocol/commands/commands.ts'
import type { EventData, EventType } from '../protocol/events/events.ts'
import type { EphemeralData, EphemeralType } from '../protocol/frames.ts'

// The native dialect as it comes over the wire. Only types come from the protocol: its schemas, and zod, stay on the
// server.

type EventFrameOf<Type extends EventType> = {
  type: Type
  data: EventData<Type>
  seq: number
  id: string
  timestamp: string // ISO-8601
  channel: string
  origin?: { imported_by: string } // user id: it came with an imported log, and this user vouches for it
}

/** The frame of a logged event. */
export type EventFrame = { [Type in EventType]: EventFrameOf<Type> }[EventType]

type EphemeralFrameOf<Type extends EphemeralType> = {
  type: Type
  data: Type extends 'history' ? HistoryPage : EphemeralData[Type]
  timestamp?: string
  channel?: string
}

/** A page of the log, oldest first. `id` is that of the `history` command; a replay after a resume has none. */
export type HistoryPage = { id?: string; events: EventFrame[]; more: boolean }

/** A frame that is not logged. */
type EphemeralFrame = { [Type in EphemeralType]: EphemeralFrameOf<Type> }[EphemeralType]

/** A frame that the server sends. */
export type Frame = EventFrame | EphemeralFrame

/** The type of a frame. */
export type FrameType = Frame['type']

/** The frame of one type. */
export type FrameOf<Type extends FrameType> = Extract<Frame, { type: Type }>

/** A command as the client sends it. */
export type CommandFrame = {
  [Type in CommandType]: { type: Type; id?: string; data: CommandData<Type> }
}[CommandType]

/** True if the frame is one of a logged event. */
export function isEvent(frame: Frame): frame is EventFrame {
  return 'seq' in frame
}

/** True for a rate limit error without an id: an overloaded server reads no ids, so every frame in flight was lost. */
export function isUnaddressedRefusal(frame: Frame): frame is FrameOf<'error'> {
  return frame.type === 'error' && frame.data.id === undefined && frame.data.code === 'rate_limited'
}

const unreadCodes: readonly string[] = ['too_large', 'too_deep', 'bad_frame', 'internal']

/** True for an error that answers a frame whose id the server did not read: some frame in flight was refused. */
export function isUnreadRefusal(frame: Frame): frame is FrameOf<'error'> {
  return frame.type === 'error' && frame.data.id === undefined && unreadCodes.includes(frame.data.code)
}

/** The logged events in some frames, including those that a `history` frame carries. */
export function eventsOf(frames: readonly Frame[]): EventFrame[] {
  return frames.flatMap(frame => (isEvent(frame) ? [frame] : frame.type === 'history' ? frame.data.events : []))
}

/** The frames of one WebSocket message: one, or an array in order; none if it is no message of this protocol. */
export function readFrames(text: unknown): Frame[] {
  if (typeof text !== 'string') return []
  try {
    const value: unknown = JSON.parse(text)
    return (Array.isArray(value) ? value : [value]).filter(looksLikeFrame)
  } catch {
    return [] // not JSON: it comes from something between us and the server
  }
}

function looksLikeFrame(value: unknown): value is Frame {
  const { type, data }: Record<string, unknown> = Object(value)
  return typeof type === 'string' && typeof data === 'object' && data !== null
}
