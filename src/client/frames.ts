import type { CommandData, CommandType } from '../protocol/commands.ts'
import type { EventData, EventType } from '../protocol/events.ts'
import type { EphemeralData, EphemeralType } from '../protocol/frames.ts'

// The native dialect as it comes over the wire. Types only: the schemas, and zod with them, stay on the server.

type EventFrameOf<Type extends EventType> = {
  type: Type
  data: EventData<Type>
  seq: number
  id: string
  timestamp: string // ISO-8601
  channel: string
}

/** A frame of a logged event. */
export type EventFrame = { [Type in EventType]: EventFrameOf<Type> }[EventType]

type EphemeralFrameOf<Type extends EphemeralType> = {
  type: Type
  data: Type extends 'history' ? HistoryPage : EphemeralData[Type]
  timestamp?: string
  channel?: string
}

/** `id` is there when it answers a `history` command, and absent when the server replays after a resume. */
export type HistoryPage = { id?: string; events: EventFrame[]; more: boolean }

/** A frame that is not logged. */
export type EphemeralFrame = { [Type in EphemeralType]: EphemeralFrameOf<Type> }[EphemeralType]

export type Frame = EventFrame | EphemeralFrame
export type FrameType = Frame['type']
export type FrameOf<Type extends FrameType> = Extract<Frame, { type: Type }>

/** A command as the client sends it. */
export type CommandFrame = {
  [Type in CommandType]: { type: Type; id?: string; data: CommandData<Type> }
}[CommandType]

/** Is it an entry of the log? */
export function isEvent(frame: Frame): frame is EventFrame {
  return 'seq' in frame
}

/** A server that takes nothing for the moment does not look who asks: whatever is on its way has to go again. */
export function isNamelessRefusal(frame: Frame): frame is FrameOf<'error'> {
  return frame.type === 'error' && frame.data.id === undefined && frame.data.code === 'rate_limited'
}

/** The logged events in frames, those that a `history` brings included. */
export function eventsOf(frames: readonly Frame[]): EventFrame[] {
  return frames.flatMap(frame => (isEvent(frame) ? [frame] : frame.type === 'history' ? frame.data.events : []))
}

/** The frames of one WebSocket message: one, or an array in order; none if it is not what a server of Circles says. */
export function readFrames(text: unknown): Frame[] {
  if (typeof text !== 'string') return []
  try {
    const value: unknown = JSON.parse(text)
    return (Array.isArray(value) ? value : [value]).filter(looksLikeFrame)
  } catch {
    return [] // not JSON: somebody between us and the server spoke
  }
}

function looksLikeFrame(value: unknown): value is Frame {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    typeof value.type === 'string' &&
    'data' in value &&
    typeof value.data === 'object' &&
    value.data !== null
  )
}
